package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.runtime.numpy.NpyWriter;

/**
 * {@code run --reference}: PyTorch's own answer beside the integer program's. The engine is a
 * download of 115 MB, so this runs on request only: {@code mvn verify -Dzkc.reference=true}.
 */
@EnabledIfSystemProperty(named = "zkc.reference", matches = "true")
final class ReferenceEngineTest {
  private static final Pattern RELATIVE = Pattern.compile("relative \\(2-norm\\) ([-+.0-9e]+)");
  private static final double LARGEST_DISTANCE = 0.1;

  @TempDir Path folder;

  /** One archive: a process loads PyTorch's native library once. */
  @Test
  void theIntegerProgramIsCloseToPyTorch() throws IOException {
    SampleArchive archive = SampleArchive.named("lenet5");
    Path model = folder.resolve("model.zkc");
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Cli.run("compile", archive.path(), "-o", model).succeeded();
    Cli.Result result =
        Cli.run("run", model, "--input", x, "--reference", archive.path()).succeeded();
    Matcher relative = RELATIVE.matcher(result.out());
    assertTrue(relative.find(), result::toString);
    assertTrue(Double.parseDouble(relative.group(1)) < LARGEST_DISTANCE, result::toString);
  }
}
