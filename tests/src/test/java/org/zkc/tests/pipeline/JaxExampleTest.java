package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.tests.Repository;

/**
 * The example of JAX from the text that its script wrote, with what JAX answered: no Python is
 * needed.
 */
final class JaxExampleTest {
  private static final Path EXAMPLE = Repository.root().resolve("examples").resolve("jax");

  @TempDir Path folder;

  private Cli.Result compile(String answer) {
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
        EXAMPLE.resolve(answer),
        "-o",
        folder.resolve("spirals.zkc"));
  }

  @Test
  void isProvedAndAnswersAsJaxDid() {
    compile("arm.npy").succeeded();
    Path point = EXAMPLE.resolve("point.npy");
    Path proof = folder.resolve("answer.zkp");
    Cli.run("prove", folder.resolve("spirals.zkc"), "--input", point, "-o", proof).succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("spirals.vk"), "--input", point).succeeded();
  }

  @Test
  void anotherAnswerIsRefused() {
    Cli.Result result = compile("point.npy").exited(Cli.BAD_INPUT);
    assertTrue(result.err().contains("reference"), result::toString);
  }
}
