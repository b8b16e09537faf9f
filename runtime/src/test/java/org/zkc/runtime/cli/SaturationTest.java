package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.zkc.runtime.cli.Ended.zkc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.execute.Saturation;
import org.zkc.runtime.numpy.NpyWriter;

/** Runs that cut what calibration did not foresee say so; cuts that the network asks for do not. */
final class SaturationTest {
  private static final int WIDTH = 64;
  private static final String TYPE = "tensor<1x64:f32>";

  @TempDir private Path folder;

  /** A model whose body may name {@code %x}, and must define {@code %y}. */
  private Path compile(String... body) throws IOException {
    Path text = folder.resolve("m.zkir");
    Files.writeString(
        text,
        "program tensor {\n  func @main(%%x: %s) {\n    %s\n    return %%y\n  }\n}\n"
            .formatted(TYPE, String.join("\n    ", body)));
    Path calibration = input("calibration.npy", 20, 1);
    Path model = folder.resolve("m.zkc");
    Ended ended =
        zkc(
            "compile",
            text.toString(),
            "--calibration",
            calibration.toString(),
            "--disable", // each op is a layer of its own here
            "compose-functions",
            "-o",
            model.toString());
    assertEquals(0, ended.code(), ended.err());
    return model;
  }

  /** Rows of numbers in [-factor, factor], spread evenly over all of it. */
  private Path input(String name, int rows, double factor) throws IOException {
    return file(name, rows(rows, factor));
  }

  private static float[] rows(int rows, double factor) {
    Random random = new Random(5);
    float[] x = new float[rows * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (factor * (2 * random.nextDouble() - 1));
    }
    return x;
  }

  private Path file(String name, float[] x) throws IOException {
    Path file = folder.resolve(name);
    Shape shape = Shape.of(x.length / WIDTH, WIDTH);
    Files.write(file, NpyWriter.encode(TensorData.ofFloats(shape, x)));
    return file;
  }

  private String warnings(Path model, double factor) throws IOException {
    String input = input("x.npy", 1, factor).toString();
    Ended run = zkc("run", model.toString(), "--input", input);
    assertEquals(0, run.code(), run.err());
    Ended proved =
        zkc("prove", model.toString(), "--input", input, "-o", folder.resolve("p").toString());
    assertEquals(0, proved.code(), proved.err());
    assertEquals(run.err(), proved.err());
    return run.err();
  }

  private static final String SQUARE =
      "%s = tensor.multiply(%x, %x) : " + TYPE + " loc(\"m.py\":3)";
  private static final String CUBE = "%c = tensor.multiply(%s, %x) : " + TYPE + " loc(\"m.py\":4)";

  /** A table reads the cube, whose values grow by 2.7 where calibration lets them double. */
  @Test
  void aCubeBeyondItsCalibrationIsNamedWithItsShare() throws IOException {
    assertNamed("%y = tensor.gelu(%c) {tanh = false} : " + TYPE + " loc(\"m.py\":5)", 1.4);
  }

  /** A clamp reads it, whose integers have room for four times as much: values grow by 4.9. */
  @Test
  void aCubeBeyondItsClampIsNamedWithItsShare() throws IOException {
    assertNamed(
        "%y = tensor.clamp(%c) {low = -inf, high = 2.5} : " + TYPE + " loc(\"m.py\":5)", 1.7);
  }

  private void assertNamed(String reader, double factor) throws IOException {
    Path model = compile(SQUARE, CUBE, reader);
    assertEquals("", warnings(model, 1));
    String warning = warnings(model, factor);
    Matcher m =
        Pattern.compile(
                "warning: (\\d+) of 64 elements \\([0-9.]+ %\\) of %\\S+, layer [23] \\(\\S+,"
                    + " m.py:[45]\\), lie beyond")
            .matcher(warning);
    assertTrue(m.find(), warning);
    int cut = Integer.parseInt(m.group(1));
    assertTrue(cut > 0 && cut < 32, warning);
    assertEquals(warning, warningsOfThree(model, factor));
  }

  /** What a proof of three samples says of which the second alone is not like calibration. */
  private String warningsOfThree(Path model, double factor) throws IOException {
    float[] x = rows(3, 1);
    System.arraycopy(rows(1, factor), 0, x, WIDTH, WIDTH);
    Ended proved =
        zkc(
            "prove",
            model.toString(),
            "--batch",
            "--input",
            file("three.npy", x).toString(),
            "-o",
            folder.resolve("p").toString());
    assertEquals(0, proved.code(), proved.err());
    return proved.err();
  }

  @Test
  void elementsOfATableThatAnIndexChoosesAreNotCut() throws IOException {
    Path model =
        compile(
            "%h = tensor.compare_zero(%x) {comparison = greater} : tensor<1x64:i1>",
            "%i = tensor.cast(%h) {dtype = i64} : tensor<1x64:i64>",
            "%k = tensor.constant() {name = \"\", data = dense<scalar:i64 [5]>} :"
                + " tensor<scalar:i64>",
            "%b = tensor.broadcast(%k) : tensor<1x64:i64>",
            "%j = tensor.multiply(%i, %b) : tensor<1x64:i64>",
            "%t = tensor.constant() {name = \"t\", data = dense<6:f32 [0.0, 1.0, 2.0, 3.0, 3.0,"
                + " 3.0]>} : tensor<6:f32>",
            "%y = tensor.gather(%t, %j) : " + TYPE);
    assertEquals("", warnings(model, 1));
  }

  /** A comparison is 0 or 1 for all numbers, as is a mask of padding tokens. */
  @Test
  void comparisonsOfIntegersCutNothing() throws IOException {
    Path model =
        compile(
            "%h = tensor.compare_zero(%x) {comparison = greater} : tensor<1x64:i1>",
            "%i = tensor.cast(%h) {dtype = i64} : tensor<1x64:i64>",
            "%k = tensor.constant() {name = \"\", data = dense<scalar:i64 [5]>} :"
                + " tensor<scalar:i64>",
            "%b = tensor.broadcast(%k) : tensor<1x64:i64>",
            "%j = tensor.multiply(%i, %b) : tensor<1x64:i64>",
            "%m = tensor.compare_zero(%j) {comparison = not_equal} : tensor<1x64:i1>",
            "%f = tensor.cast(%m) {dtype = f32} : " + TYPE,
            "%y = tensor.multiply(%x, %f) : " + TYPE);
    assertEquals("", warnings(model, 1));
  }

  @Test
  void sharesAreWrittenWithoutExponents() {
    String all = new Saturation("%x", 0, "", 8, 8, 1).warning();
    assertTrue(all.startsWith("8 of 8 elements (100 %) of %x lie beyond"), all);
    String few = new Saturation("%x", 0, "", 3, 400, 1).warning();
    assertTrue(few.startsWith("3 of 400 elements (0.75 %) of %x"), few);
    String one = new Saturation("%x", 0, "", 1, 1 << 20, 1).warning();
    assertTrue(one.contains("(less than 0.01 %)"), one);
  }

  /** The clamp's bounds lie inside what calibration saw, those of the input as well. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%y = tensor.relu(%x) : " + TYPE,
        "%y = tensor.clamp(%x) {low = -0.5, high = 0.25} : " + TYPE,
        "%y = tensor.clamp(%x) {low = 0.0, high = 0.5} : " + TYPE,
        "%y = tensor.tanh(%x) : " + TYPE,
        "%y = tensor.sigmoid(%x) : " + TYPE,
        "%y = tensor.pointwise(%x) {function = threshold, parameters = [0.1, -0.2]} : " + TYPE,
        "%y = tensor.composition(%x) {steps = [\"abs x\", \"subtract 0.5 s0\", \"relu s1\"]} : "
            + TYPE
      })
  void cutsOfTheNetworkItselfAreNone(String op) throws IOException {
    assertEquals("", warnings(compile(op), 1.9));
  }
}
