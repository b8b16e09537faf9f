package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.runtime.numpy.NpyWriter;

/** {@code --conv}: which form convolutions get, and that all forms are the same function. */
final class ConvolutionFormsTest {
  @TempDir Path folder;

  @Test
  void leNetProvesInFftForm() throws IOException {
    SampleArchive archive = SampleArchive.named("lenet5");
    assertTrue(compile(archive, "auto").contains("2 conv,"), "auto proves LeNet directly");
    byte[] direct = run("auto", archive);
    assertTrue(compile(archive, "fft").contains("2 fft-conv,"));
    assertArrayEquals(direct, proved("fft", archive), "fft");
    assertTrue(compile(archive, "fft", "--disable", "reduce-fft-steps").contains("2 fft-conv,"));
    assertArrayEquals(direct, proved("fft", archive), "fft, not reduced");
  }

  @Test
  void longKernelsAreProvedThroughTransformsByThemselves() throws IOException {
    SampleArchive archive = SampleArchive.named("long_kernels");
    assertTrue(compile(archive, "auto").contains("2 fft-conv,"));
    byte[] fft = proved("auto", archive);
    assertTrue(compile(archive, "direct").contains("2 conv,"));
    assertArrayEquals(run("direct", archive), fft);
  }

  /** The output of compile. */
  private String compile(SampleArchive archive, String form, Object... more) {
    Object[] words = {
      "compile", archive.path(), "-o", folder.resolve(form + ".zkc"), "--conv", form
    };
    List<Object> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return Cli.run(all.toArray()).succeeded().out();
  }

  private byte[] run(String form, SampleArchive archive) throws IOException {
    Path y = folder.resolve("y.npy");
    Cli.run("run", folder.resolve(form + ".zkc"), "--input", input(archive), "--output", y)
        .succeeded();
    return Files.readAllBytes(y);
  }

  /** The output of a proof that is then verified. */
  private byte[] proved(String form, SampleArchive archive) throws IOException {
    Path y = folder.resolve("y.npy");
    Path proof = folder.resolve("proof.zkp");
    Path x = input(archive);
    Cli.run(
            "prove",
            folder.resolve(form + ".zkc"),
            "--input",
            x,
            "--output",
            y,
            "-o",
            proof,
            "--progress",
            "none")
        .succeeded();
    Cli.run("verify", proof, "--key", folder.resolve(form + ".vk"), "--input", x, "--output", y)
        .succeeded();
    return Files.readAllBytes(y);
  }

  private Path input(SampleArchive archive) throws IOException {
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    return x;
  }
}
