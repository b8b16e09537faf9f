package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.tests.Repository;

/** Archives of torch.export, plain and decomposed, compute what PyTorch computed. */
final class TorchExportTest {
  private static final Path FOLDER = Repository.root().resolve("tests/src/test/resources/exports");
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  /** The names of all samples, without extension: a file that appears in the folder is tested. */
  static List<String> exports() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".pt2"))
          .map(file -> file.substring(0, file.length() - ".pt2".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path export(String name) {
    return FOLDER.resolve(name + ".pt2");
  }

  /** The sample of TorchScript that has the same model, if there is one. */
  private static String base(String name) {
    return name.replaceAll("_(plain|functional|core)$", "");
  }

  private static List<List<TensorData>> recorded(String name, String kind) {
    if (!base(name).equals(name)) {
      SampleArchive same = SampleArchive.named(base(name));
      return kind.equals("input") ? same.inputs() : same.outputs();
    }
    List<TensorData> arrays = new ArrayList<>();
    for (int k = 0; Files.exists(FOLDER.resolve(name + "." + kind + k + ".npy")); k++) {
      Path file = FOLDER.resolve(name + "." + kind + k + ".npy");
      arrays.add(SampleArchive.unstack(NpyReader.read(file)).getFirst());
    }
    return List.of(arrays);
  }

  @Test
  void thereAreArchives() {
    assertTrue(exports().size() >= 15, "archives: " + exports());
  }

  @ParameterizedTest
  @MethodSource("exports")
  void tensorLevelEqualsPyTorch(String name) {
    var pipeline = new CompilePipeline(CompileOptions.DEFAULT);
    Program tensor = pipeline.toTensor(pipeline.read(export(name))).tensor();
    List<List<TensorData>> inputs = recorded(name, "input");
    List<List<TensorData>> expected = recorded(name, "output");
    for (int s = 0; s < inputs.size(); s++) {
      List<TensorData> outputs = TensorInterpreter.run(tensor, inputs.get(s));
      assertEquals(expected.get(s).size(), outputs.size(), "number of outputs");
      for (int k = 0; k < outputs.size(); k++) {
        TensorData wanted = expected.get(s).get(k);
        assertEquals(wanted.shape(), outputs.get(k).shape());
        double largest = 0;
        for (double e : wanted.toDoubles()) {
          largest = Math.max(largest, Math.abs(e));
        }
        assertArrayEquals(
            wanted.toDoubles(), outputs.get(k).toDoubles(), TOLERANCE * largest, "output " + k);
      }
    }
  }

  /** The same program has the same key, whichever exporter wrote it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "softmax_head_plain",
        "softmax_head_functional",
        "softmax_head_core",
        "in_place_plain",
        "in_place_core",
        "norms_plain",
        "two_outputs_plain",
        "token_embedding_plain",
        "orders_core"
      })
  void keyEqualsThatOfTorchScript(String name) throws IOException {
    assertArrayEquals(
        key(SampleArchive.named(base(name)).path(), "script.zkc"),
        key(export(name), "export.zkc"),
        name);
  }

  private byte[] key(Path archive, String model, Object... options) throws IOException {
    List<Object> command =
        new ArrayList<>(List.of("compile", archive, "-o", folder.resolve(model)));
    command.addAll(List.of(options));
    Cli.run(command.toArray()).succeeded();
    return Files.readAllBytes(folder.resolve(model.replace(".zkc", ".vk")));
  }

  @Test
  void anExportIsProvedAndVerified() throws IOException {
    Path archive = export("nested_values");
    key(archive, "nested.zkc");
    List<Object> prove = new ArrayList<>(List.of("prove", folder.resolve("nested.zkc")));
    List<String> names = List.of("batch.ids", "batch.parts.0", "batch.parts.1", "shift");
    for (int k = 0; k < names.size(); k++) {
      Path array = folder.resolve("x" + k + ".npy");
      Files.write(array, NpyWriter.encode(recorded("nested_values", "input").getFirst().get(k)));
      prove.addAll(List.of("--input", names.get(k) + "=" + array));
    }
    prove.addAll(List.of("-o", folder.resolve("nested.zkp")));
    Cli.run(prove.toArray()).succeeded();
    Cli.Result verified =
        Cli.run("verify", folder.resolve("nested.zkp"), "--key", folder.resolve("nested.vk"))
            .succeeded();
    for (String output : List.of("logits", "states.0", "states.1.0")) {
      assertTrue(verified.out().contains(output), verified::toString);
    }
  }

  /** Both ways to fix a symbolic dimension name the same program. */
  @Test
  void symbolicDimensionsAreFixedByNameOrByShape() throws IOException {
    Path archive = export("dynamic_batch");
    byte[] byName = key(archive, "name.zkc", "--dim", "batch=2");
    byte[] byShape = key(archive, "shape.zkc", "--input-shape", "2x2x4", "--input-shape", "2x6");
    assertArrayEquals(byName, byShape);
  }

  @Test
  void shapesOutsideTheExportAreRefused() {
    Path archive = export("dynamic_batch");
    Object out = folder.resolve("m.zkc");
    refused("s17x2x4", archive, out, "--input-shape", "2x3x4", "--input-shape", "2x6");
    refused("s17x6", archive, out, "--input-shape", "2x2x4", "--input-shape", "3x6");
    refused("1 to 8", archive, out, "--input-shape", "9x2x4", "--input-shape", "9x6");
    refused("1 to 8", archive, out, "--dim", "batch=9");
    refused("1x24", export("softmax_head_plain"), out, "--input-shape", "2x24");
    refused("forward alone", archive, out, "--method", "encode");
    refused("--input-shape", SampleArchive.named("mlp").path(), out, "--dim", "batch=1");
  }

  private static void refused(String says, Path archive, Object out, String... options) {
    List<Object> command = new ArrayList<>(List.of("compile", archive, "-o", out));
    command.addAll(List.of(options));
    Cli.Result result = Cli.run(command.toArray()).exited(Cli.BAD_INPUT);
    assertTrue(result.err().contains(says), result::toString);
  }

  @Test
  void checkAndInspectReadExports() {
    Path archive = export("control_flow");
    Cli.run("check", archive).succeeded();
    assertTrue(Cli.run("inspect", archive).succeeded().out().contains("torch.export archive"));
  }
}
