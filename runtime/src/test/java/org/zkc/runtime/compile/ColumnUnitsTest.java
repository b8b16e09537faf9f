package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.file.Port;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.quantize.ColumnScales;

/** Sequences, images and vectors whose columns are of sizes from hundredths to hundreds. */
class ColumnUnitsTest {
  private static final int COLUMNS = 5;

  /** The size of a column. */
  private static double size(int column) {
    return Math.pow(10, column - 2.0);
  }

  private final TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
  private final Random random = new Random(3);

  @Test
  void featuresOfASequence() {
    Shape shape = Shape.of(1, 8, COLUMNS);
    Value x = b.parameter("x", new TensorType(DType.F32, shape));
    Value y = b.linear(scaled(x, 2, false), weights(6, COLUMNS), Optional.empty());
    y = b.linear(b.relu(y), weights(3, 6), Optional.empty());
    check(y, shape, 2, 1);
  }

  /** A mean per channel stands before zeros at the borders. */
  @Test
  void channelsOfAnImage() {
    Shape shape = Shape.of(1, COLUMNS, 6, 6);
    Value x = b.parameter("x", new TensorType(DType.F32, shape));
    Value y =
        b.conv(
            scaled(x, 1, true),
            weights(4, COLUMNS, 3, 3),
            Optional.empty(),
            List.of(1, 1),
            List.of(1, 1),
            List.of(1, 1),
            List.of(1, 1),
            1);
    check(b.relu(y), shape, 1, 36);
  }

  @Test
  void aVector() {
    Shape shape = Shape.of(COLUMNS);
    Value x = b.parameter("x", new TensorType(DType.F32, shape));
    Value y = b.linear(scaled(x, 0, false), weights(6, COLUMNS), Optional.empty());
    check(b.relu(y), shape, 0, 1);
  }

  /** Where the sizes are not undone units would change nothing: one scale for all. */
  @Test
  void columnsThatStayUnlikeHaveOneScale() {
    Shape shape = Shape.of(1, 8, COLUMNS);
    Value x = b.parameter("x", new TensorType(DType.F32, shape));
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(b.relu(x))));
    ProvedModel model = new ProvedModel(tensor, samples(shape, 2, 20, 1), CompileOptions.DEFAULT);
    assertEquals(List.of(), model.compiled().inputs().getFirst().units());
  }

  /**
   * Of one vector of numbers of one size some are small by chance; a unit of their own would cut
   * what the next vector has there.
   */
  @Test
  void numbersThatWereSeenOnceHaveTheUnitOfAll() {
    Shape shape = Shape.of(1, 100);
    float[] line = new float[100];
    for (int i = 0; i < line.length; i++) {
      line[i] = (float) random.nextGaussian();
    }
    line[3] = 0.001f;
    assertEquals(List.of(), unitsOf(shape, line));
    line[7] = 1e5f;
    assertEquals(100, unitsOf(shape, line).size());
  }

  private static List<Double> unitsOf(Shape shape, float[] line) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, shape));
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(b.relu(x))));
    List<List<TensorData>> samples = List.of(List.of(TensorData.ofFloats(shape, line)));
    return ColumnScales.of(tensor, samples).inputs().getFirst().units();
  }

  /** The input divided by the sizes of its columns, less 1 where it is shifted. */
  private Value scaled(Value x, int axis, boolean isShifted) {
    int[] extents = new int[x.shape().rank()];
    Arrays.fill(extents, 1);
    extents[axis] = COLUMNS;
    float[] factors = new float[COLUMNS];
    float[] ones = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      factors[i] = (float) (1 / size(i));
      ones[i] = 1;
    }
    Shape shape = Shape.of(extents);
    Value y = b.multiply(x, b.constant(TensorData.ofFloats(shape, factors), "factors"));
    return isShifted ? b.subtract(y, b.constant(TensorData.ofFloats(shape, ones), "ones")) : y;
  }

  private Value weights(int... extents) {
    Shape shape = Shape.of(extents);
    float[] w = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (random.nextGaussian() / Math.sqrt((double) w.length / extents[0]));
    }
    return b.constant(TensorData.ofFloats(shape, w), "weight" + random.nextInt(1000));
  }

  private void check(Value result, Shape shape, int axis, int run) {
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    ProvedModel model =
        new ProvedModel(tensor, samples(shape, axis, 20, 1), CompileOptions.DEFAULT);
    Port port = model.compiled().inputs().getFirst();
    assertEquals(COLUMNS, port.units().size());
    assertEquals(run, port.unitRun());
    // Inputs that nobody has seen, through the port, against the program of x itself.
    List<List<TensorData>> unseen = samples(shape, axis, 7, 2);
    double error = 0;
    double squares = 0;
    double sum = 0;
    int count = 0;
    for (List<TensorData> sample : unseen) {
      double[] exact = TensorInterpreter.run(tensor, sample).getFirst().toDoubles();
      double[] found = model.run(sample).getFirst().toDoubles();
      for (int i = 0; i < exact.length; i++) {
        error += (exact[i] - found[i]) * (exact[i] - found[i]);
        squares += exact[i] * exact[i];
        sum += exact[i];
        count++;
      }
    }
    double rSquared = 1 - error / (squares - sum * sum / count);
    assertTrue(rSquared >= 0.995, "R^2 = " + rSquared);
    assertArrayEquals(
        model.run(unseen.getFirst()).getFirst().toDoubles(),
        model.prove(unseen.getFirst()).getFirst().toDoubles());
  }

  private static List<List<TensorData>> samples(Shape shape, int axis, int count, long seed) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[Math.toIntExact(shape.elementCount())];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (size((int) (i / shape.strides()[axis] % COLUMNS)) * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(shape, x)));
    }
    return samples;
  }
}
