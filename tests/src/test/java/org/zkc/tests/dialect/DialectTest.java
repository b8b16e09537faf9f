package org.zkc.tests.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.UserException;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.torchscript.TorchScriptReader;

/**
 * Archives that use the serialised dialect as people do: each means at the tensor level what
 * PyTorch answered, or is refused at the user's line.
 */
final class DialectTest {
  static Stream<DialectArchive> archives() {
    return DialectArchive.all().stream();
  }

  @Test
  void thereAreArchives() {
    assertTrue(archives().count() >= 70);
  }

  private static ImportedModel inOrder(String name, int tensors) {
    var entry = new TorchScriptReader.EntryPoint("forward", List.of(), tensors);
    return TorchScriptReader.read(archive(name).path(), entry);
  }

  private static DialectArchive archive(String name) {
    return archives().filter(a -> a.toString().equals(name + ".pt")).findFirst().orElseThrow();
  }

  private static List<String> inputs(ImportedModel model) {
    return model.inputs().stream().map(ModelInput::name).toList();
  }

  @Test
  void moreTensorsThanMustBePassedAreOptionalArguments() {
    assertEquals(List.of("x"), inputs(inOrder("optional_missing", 1)));
    assertEquals(List.of("x", "mask"), inputs(inOrder("optional_missing", 2)));
  }

  @Test
  void aRootWhoseForwardHasOverloadsIsCalledByTheFirst() {
    assertEquals(List.of("input"), inputs(inOrder("gru_root", 1)));
    assertEquals(List.of("input", "hx"), inputs(inOrder("gru_root", 2)));
  }

  @ParameterizedTest
  @MethodSource("archives")
  void meansWhatPyTorchAnswers(DialectArchive archive) {
    var pipeline = new CompilePipeline(CompileOptions.DEFAULT.withMethod(archive.method()));
    if (!archive.refused().isEmpty()) {
      String message =
          assertThrows(UserException.class, () -> pipeline.toTensor(pipeline.read(archive.path())))
              .describe();
      assertTrue(message.contains(archive.refused()), message);
      return;
    }
    ImportedModel model = pipeline.read(archive.path());
    assertTrue(model.answers().isPresent(), "the archive holds PyTorch's answers");
    List<String> names = pipeline.toTensor(model).outputNames(); // compares with the answers
    assertEquals(archive.outputNames(), names);
  }
}
