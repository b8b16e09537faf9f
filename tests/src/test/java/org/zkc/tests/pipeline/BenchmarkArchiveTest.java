package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyWriter;

/** {@code zkc bench} on a model of one's own. */
final class BenchmarkArchiveTest {
  @TempDir private Path folder;

  private static Cli.Result bench(Object input) {
    return Cli.run(
        "bench",
        SampleArchive.named("lenet5_scripted").path(),
        "--input",
        input,
        "--runs",
        1,
        "--warm-ups",
        0,
        "--no-cold",
        "--json",
        "--progress",
        "none");
  }

  private Path input(int... extents) throws IOException {
    Shape shape = Shape.of(extents);
    float[] pixels = new float[(int) shape.elementCount()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) StrictMath.sin(i);
    }
    Path file = folder.resolve("x.npy");
    Files.write(file, NpyWriter.encode(TensorData.ofFloats(shape, pixels)));
    return file;
  }

  /** A scripted archive says no shapes: they are those of the input. */
  @Test
  void measuresAnArchiveWithoutShapes() throws IOException {
    JsonNode figures =
        new ObjectMapper().readTree(bench(input(1, 1, 28, 28)).succeeded().out()).get(0);
    assertEquals(61_706, figures.get("parameters").asInt());
    assertTrue(figures.get("proofBytes").asInt() > 10_000, figures.toString());
    assertTrue(figures.get("compileSeconds").asDouble() > 0, figures.toString());
    assertTrue(figures.get("proveSeconds").asDouble() > 0, figures.toString());
  }

  @Test
  void anInputThatDoesNotFitIsTheUsersError() throws IOException {
    bench(input(1, 2, 28, 28)).exited(Cli.BAD_INPUT);
  }
}
