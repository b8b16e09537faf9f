package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.cli.Main;
import org.zkc.runtime.numpy.NpyWriter;

/** {@code zkc bench} on a model of one's own. */
final class BenchmarkArchiveTest {
  @TempDir private Path folder;

  /** Archives lie in the module that tests them. */
  private static final String ARCHIVE = "../tests/src/test/resources/archives/lenet5_scripted.pt";

  private record Ended(int code, String out, String err) {}

  private static Ended bench(Path input) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    String[] arguments = {
      "bench",
      ARCHIVE,
      "--input",
      input.toString(),
      "--runs",
      "1",
      "--warm-ups",
      "0",
      "--no-cold",
      "--json",
      "--progress",
      "none"
    };
    int code = Main.execute(arguments, new PrintStream(out, true), new PrintStream(err, true));
    return new Ended(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
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
    Ended ended = bench(input(1, 1, 28, 28));
    assertEquals(0, ended.code(), ended.err());
    JsonNode figures = new ObjectMapper().readTree(ended.out()).get(0);
    assertEquals(61_706, figures.get("parameters").asInt());
    assertTrue(figures.get("proofBytes").asInt() > 10_000, figures.toString());
    assertTrue(figures.get("compileSeconds").asDouble() > 0, figures.toString());
    assertTrue(figures.get("proveSeconds").asDouble() > 0, figures.toString());
  }

  @Test
  void anInputThatDoesNotFitIsTheUsersError() throws IOException {
    assertEquals(2, bench(input(1, 2, 28, 28)).code());
  }
}
