package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.runtime.numpy.NpyWriter;

/** Models that come in at the tensor level are proved like those that come in as archives. */
final class FrontDoorTest {
  private static final String CALIBRATION = "--calibration";

  @TempDir Path folder;

  /**
   * A model's tensor level, printed and compiled as a model of its own, gives the very key of the
   * archive.
   */
  @Test
  void tensorLevelTextGivesTheKeyOfTheArchive() throws IOException {
    SampleArchive sample = SampleArchive.named("mlp");
    Path text = folder.resolve("mlp.zkir");
    Cli.run("compile", sample.path(), "--emit", "tensor", "-o", text).succeeded();
    Path calibration = SampleArchive.file(sample.name() + ".input0.npy");
    Path input = folder.resolve("input.npy");
    Files.write(input, NpyWriter.encode(sample.inputs().getFirst().getFirst()));
    Path fromText = folder.resolve("text.zkc");
    Path fromArchive = folder.resolve("archive.zkc");
    Cli.run("compile", text, CALIBRATION, calibration, "-o", fromText).succeeded();
    Cli.run("compile", sample.path(), CALIBRATION, calibration, "-o", fromArchive).succeeded();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("archive.vk")),
        Files.readAllBytes(folder.resolve("text.vk")));
    Path proof = folder.resolve("proof.zkp");
    Cli.run("prove", fromText, "--input", input, "-o", proof).succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("text.vk")).succeeded();
  }

  @Test
  void otherShapesThanTheProgramsAreRefused() throws IOException {
    Path text = folder.resolve("relu.zkir");
    Files.writeString(
        text,
        String.join(
            "\n",
            List.of(
                "program tensor {",
                "  func @main(%x: tensor<1x3:f32>) {",
                "    %y = tensor.relu(%x) : tensor<1x3:f32>",
                "    return %y",
                "  }",
                "}",
                "")));
    String error = Cli.run("compile", text, "--input-shape", "1x4").exited(Cli.BAD_INPUT).err();
    assertTrue(error.contains("tensor<1x3:f32>"), error);
  }

  @Test
  void laterLevelsAreRefused() throws IOException {
    Path text = folder.resolve("integer.zkir");
    Cli.run("compile", SampleArchive.named("mlp").path(), "--emit", "integer", "-o", text)
        .succeeded();
    String error = Cli.run("compile", text).exited(Cli.BAD_INPUT).err();
    assertTrue(error.contains("integer level"), error);
  }
}
