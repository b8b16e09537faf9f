package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.tests.Repository;

/**
 * The example of JAX from the text that its script wrote, with what JAX answered: no Python is
 * needed.
 */
final class JaxExampleTest {
  private static final Path EXAMPLE = Repository.root().resolve("examples").resolve("jax");

  @TempDir Path folder;

  private Cli.Result compile(Path answer) {
    return Cli.run(
        "compile",
        EXAMPLE.resolve("spirals.mlir"),
        "--calibration",
        EXAMPLE.resolve("samples.npy"),
        "--reference",
        EXAMPLE.resolve("point.npy"),
        "--reference",
        EXAMPLE.resolve("probabilities.npy"),
        "--reference",
        answer,
        "-o",
        folder.resolve("spirals.zkc"));
  }

  @Test
  void isProvedAndAnswersAsJaxDid() {
    compile(EXAMPLE.resolve("arm.npy")).succeeded();
    Path point = EXAMPLE.resolve("point.npy");
    Path proof = folder.resolve("answer.zkp");
    Cli.run("prove", folder.resolve("spirals.zkc"), "--input", point, "-o", proof).succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("spirals.vk"), "--input", point).succeeded();
  }

  @Test
  void anotherAnswerIsRefused() throws IOException {
    Path wrong = folder.resolve("wrong.npy");
    Files.write(
        wrong, NpyWriter.encode(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {1})));
    Cli.Result result = compile(wrong).exited(Cli.BAD_INPUT);
    assertTrue(result.err().contains("output1"), result::toString);
  }
}
