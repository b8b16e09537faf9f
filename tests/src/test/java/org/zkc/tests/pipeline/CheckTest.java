package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.tests.Repository;

/** {@code zkc check}: all faults of an archive at once. */
final class CheckTest {
  private static final Path FOLDER = Repository.root().resolve("tests/src/test/resources/check");

  @TempDir private Path folder;

  /** Editors read this text: a change of what is in it is a new format. */
  @Test
  void theJsonOfAnArchiveWithSeveralFaults() throws IOException {
    Cli.Result result =
        Cli.run("check", FOLDER.resolve("faults.pt"), "--input-shape", "8x8", "--json")
            .exited(Cli.BAD_INPUT);
    assertEquals(
        Files.readString(FOLDER.resolve("faults.json")).lines().toList(),
        result.out().lines().toList());
    assertEquals("", result.err());
  }

  @Test
  void theTextHasEveryFaultWithItsLine() {
    String text =
        Cli.run("check", FOLDER.resolve("faults.pt"), "--input-shape", "8x8")
            .exited(Cli.BAD_INPUT)
            .out();
    assertTrue(
        text.startsWith(
            "faults.py:52: The model uses a 'with' block other than torch.no_grad and"
                + " record_function; zkc does not support it.\n"
                + "    turned = torch.abs(x * 2)\n"),
        text);
    assertTrue(
        text.contains(
            "faults.py:37: operator aten.linalg_svdvals cannot be proved (met 2 times)\n"
                + "    return torch.linalg.svdvals(x)\n"
                + "  instead: it divides by what it computes on the way; "),
        text);
    assertTrue(text.contains("faults.py:56: ") && text.contains("faults.py:58: "), text);
    assertTrue(text.endsWith("faults.pt: 5 faults\n"), text);
  }

  /** Compile stops at one of the faults that check lists. */
  @Test
  void compileAgreesWithCheck() {
    String error =
        Cli.run(
                "compile",
                FOLDER.resolve("faults.pt"),
                "--input-shape",
                "8x8",
                "-o",
                folder.resolve("x.zkc"))
            .exited(Cli.BAD_INPUT)
            .err();
    assertTrue(error.startsWith("error: faults.py:52: The model uses a 'with' block"), error);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "small_unet_scripted"})
  void whatCompilesHasNoFault(String name) {
    SampleArchive archive = SampleArchive.named(name);
    List<Object> words = new ArrayList<>(List.of("check", archive.path()));
    archive.inputShapes().forEach(shape -> words.addAll(List.of("--input-shape", shape)));
    assertTrue(
        Cli.run(words.toArray())
            .succeeded()
            .out()
            .endsWith("nothing found that cannot be proved\n"));
  }

  /** Weights that are computed from the input, twice: no integer form at two places. */
  @Test
  void whatQuantisationRefusesIsListedToo() throws IOException {
    Path program = folder.resolve("computed_weights.zkir");
    String attributes =
        "{strides = [1], paddingLow = [0], paddingHigh = [0], dilations = [1], groups = 1}";
    Files.writeString(
        program,
        """
        program tensor {
          func @main(%%x: tensor<2x2x3:f32>) {
            %%a = tensor.relu(%%x) : tensor<2x2x3:f32> loc("model.py":3 "a = relu(x)")
            %%b = tensor.conv(%%x, %%a) %1$s : tensor<2x2x1:f32> loc("model.py":4 "b = conv1d(x, a)")
            %%c = tensor.conv(%%b, %%b) %1$s : tensor<2x2x1:f32> loc("model.py":5 "c = conv1d(b, b)")
            return %%c
          }
        }
        """
            .formatted(attributes));
    String text = Cli.run("check", program).exited(Cli.BAD_INPUT).out();
    assertTrue(text.contains("model.py:4: ") && text.contains("model.py:5: "), text);
  }
}
