package org.zkc.tests.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Program;
import org.zkc.ir.Programs;
import org.zkc.ir.TensorData;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarWriter;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.tests.Repository;

/**
 * A few models at every level, as recorded in tests/golden with large tensors by digest. A
 * difference is a change of what is proved, or of how the IR is printed: when it is meant, {@code
 * -Dzkc.bless=true} records it.
 */
final class GoldenIrTest {
  private static final boolean BLESS = Boolean.getBoolean("zkc.bless");

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet5", "residual_cnn"})
  void everyLevelIsAsRecorded(String name) throws IOException {
    CompilePipeline pipeline = new CompilePipeline(CompileOptions.DEFAULT);
    ImportedModel model =
        pipeline.read(
            Repository.root().resolve("tests/src/test/resources/archives").resolve(name + ".pt"));
    requireRecorded(name, model.program());
    CompilePipeline.Calibrated tensor = pipeline.toTensor(model);
    requireRecorded(name, tensor.tensor());
    Program integer = pipeline.toInteger(tensor).program();
    requireRecorded(name, integer);
    requireRecorded(name, pipeline.toCircuit(integer));
  }

  private static void requireRecorded(String name, Program program) throws IOException {
    String file = name + "." + program.level().text() + ".zkir";
    Path golden = Repository.root().resolve("tests/golden").resolve(file);
    Map<String, TensorData> tensors = new HashMap<>();
    String text =
        Printer.print(
            program,
            data -> {
              String digest = SidecarWriter.DIGESTS.store(data);
              tensors.put(digest, data);
              return digest;
            });
    Program parsed =
        Parser.parse(
            text, file, digest -> Optional.ofNullable(tensors.get(digest)).map(TensorData::bytes));
    assertTrue(Programs.equal(program, parsed), file + ": print and parse change the program");
    if (BLESS) {
      Files.writeString(golden, text);
      return;
    }
    assertEquals(
        Files.exists(golden) ? Files.readString(golden) : "",
        text,
        file + ": if right, run with -Dzkc.bless=true");
  }
}
