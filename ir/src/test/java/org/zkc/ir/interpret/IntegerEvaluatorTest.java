package org.zkc.ir.interpret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.MatMul;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/** The fast evaluator and the reference interpreter give the same integers. */
final class IntegerEvaluatorTest {
  private static final Location HERE = Location.UNKNOWN;
  private static final long MOST = (1L << 30) - 1;

  private final FunctionBuilder b = new FunctionBuilder("main", HERE);

  private static Value type(FunctionBuilder b, Shape shape) {
    return b.fresh("v", new IntegerType(shape, -MOST, MOST, 1));
  }

  private Value fresh(int... extents) {
    return type(b, Shape.of(extents));
  }

  private static long[] random(Random random, long count, long bound) {
    return random.longs(count, -bound, bound + 1).toArray();
  }

  /** Runs both and compares every value that the evaluator shows. */
  private static void assertSame(Program program, List<long[]> inputs, String message) {
    Map<Value, long[]> expected = new IdentityHashMap<>();
    List<long[]> results = IntegerInterpreter.run(program, inputs, expected::put);
    List<int[]> narrow =
        inputs.stream().map(x -> Arrays.stream(x).mapToInt(e -> (int) e).toArray()).toList();
    List<int[]> found =
        new IntegerEvaluator(program)
            .run(
                narrow,
                (value, x) ->
                    assertArrayEquals(
                        expected.get(value), widened(x), message + ", value " + value));
    assertEquals(results.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      assertArrayEquals(results.get(i), widened(found.get(i)), message);
    }
    assertSameTogether(program, narrow, message);
  }

  /** Samples that go through the program together give what each gives alone. */
  private static void assertSameTogether(Program program, List<int[]> inputs, String message) {
    IntegerEvaluator evaluator = new IntegerEvaluator(program);
    List<List<int[]>> samples =
        List.of(inputs, inputs.stream().map(IntegerEvaluatorTest::reversed).toList(), inputs);
    List<List<int[]>> together = evaluator.runAll(samples, (sample, value, x) -> {});
    for (int s = 0; s < samples.size(); s++) {
      List<int[]> alone = evaluator.run(samples.get(s));
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i), together.get(s).get(i), message + ", sample " + s);
      }
    }
  }

  private static int[] reversed(int[] x) {
    return IntStream.range(0, x.length).map(i -> x[x.length - 1 - i]).toArray();
  }

  private static long[] widened(int[] x) {
    return Arrays.stream(x).asLongStream().toArray();
  }

  @Test
  void convolutionsOfEveryPrecision() {
    for (long seed = 0; seed < 120; seed++) {
      Random random = new Random(seed);
      FunctionBuilder b = new FunctionBuilder("main", HERE);
      boolean plane = random.nextInt(4) > 0;
      int groups = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
      int channels = 1 + random.nextInt(seed % 5 == 0 ? 40 : 4);
      int outputs = groups * (1 + random.nextInt(9));
      List<Integer> in = new ArrayList<>(List.of(1 + random.nextInt(2), groups * channels));
      List<Integer> kernel = new ArrayList<>(List.of(outputs, channels));
      List<Integer> strides = new ArrayList<>();
      List<Integer> pads = new ArrayList<>();
      List<Integer> dilations = new ArrayList<>();
      for (int axis = 0; axis < (plane ? 2 : 1); axis++) {
        kernel.add(1 + random.nextInt(4));
        strides.add(1 + random.nextInt(3));
        pads.add(random.nextInt(3));
        dilations.add(1 + random.nextInt(2));
        in.add(dilations.get(axis) * (kernel.getLast() - 1) + 1 + random.nextInt(20));
      }
      Shape weightShape = new Shape(kernel);
      DType dtype = List.of(DType.I8, DType.I16, DType.I32).get(random.nextInt(3));
      // Inputs as large as sums allow: past the mantissa of a float, up to 30 bits.
      int weightBits = dtype == DType.I8 ? 7 : dtype == DType.I16 ? 11 : 15;
      long depth = weightShape.elementCount() / outputs;
      long bound = Math.max(1, (MOST / 2) / (depth << (weightBits + 2)));
      Value x = b.parameter("x", new IntegerType(new Shape(in), -bound, bound, 1));
      Value w = type(b, weightShape);
      Value bias = type(b, Shape.of(outputs));
      Shape out =
          Shapes.conv(
              x.shape(),
              weightShape,
              Optional.of(bias.shape()),
              strides,
              pads,
              pads,
              dilations,
              groups);
      Value y = type(b, out);
      List<Integer> shifts = random.ints(outputs, 0, 3).boxed().toList();
      long[] weights = random(random, weightShape.elementCount(), (1L << weightBits) - 1);
      b.append(
          new Parameter(
              w,
              "w",
              IntegerWeights.of(TensorData.ofLongs(dtype, weightShape, weights), shifts),
              HERE));
      b.append(
          new Parameter(
              bias,
              "b",
              IntegerWeights.of(
                  TensorData.ofLongs(DType.I32, bias.shape(), random(random, outputs, MOST / 2))),
              HERE));
      b.append(new Conv(y, x, w, Optional.of(bias), strides, pads, pads, dilations, groups, HERE));
      Program program = Program.of(Level.INTEGER, b.build(List.of(y)));
      long[] extremes = random(random, x.shape().elementCount(), 1);
      for (int i = 0; i < extremes.length; i++) {
        extremes[i] *= bound;
      }
      String message = "seed " + seed;
      assertSame(program, List.of(random(random, extremes.length, bound)), message);
      assertSame(program, List.of(extremes), message);
    }
  }

  @Test
  void everyOtherOp() {
    Random random = new Random(5);
    Value x = b.parameter("x", new IntegerType(Shape.of(2, 3, 7, 5), -2000, 2000, 1));
    Value p = b.parameter("p", new IntegerType(Shape.of(2, 3, 7, 5), 1, 1000, 1));
    Value sum = fresh(2, 3, 7, 5);
    b.append(new Add(sum, x, p, HERE));
    Value difference = fresh(2, 3, 7, 5);
    b.append(new Subtract(difference, x, p, HERE));
    Value product = fresh(2, 3, 7, 5);
    b.append(new Multiply(product, sum, difference, HERE));
    Value scaled = fresh(2, 3, 7, 5);
    b.append(new Scale(scaled, x, -321, HERE));
    Value shifted = fresh(2, 3, 7, 5);
    b.append(new Requantize(shifted, product, 9, -127, 127, HERE));
    Value unshifted = fresh(2, 3, 7, 5);
    b.append(new Requantize(unshifted, x, 0, -500, 127, HERE));
    Value rows = fresh(2, 3, 7, 7);
    b.append(new MatMul(rows, x, p, HERE));
    Value matrixOfAll = fresh(7, 5);
    b.append(
        new Reshape(matrixOfAll, b.parameter("m", new IntegerType(Shape.of(35), -9, 9, 1)), HERE));
    Value shared = fresh(2, 3, 7, 7);
    b.append(new MatMul(shared, x, matrixOfAll, HERE));
    TensorData entries = TensorData.ofLongs(DType.I16, Shape.of(33), random(random, 33, 30000));
    Value looked = fresh(2, 3, 7, 5);
    b.append(new Table(looked, x, -16, entries, HERE));
    Value lookedShifted = fresh(2, 3, 7, 5);
    b.append(new RequantizeTable(lookedShifted, product, 16, -16, entries, HERE));
    Value exponentials = fresh(2, 3, 7, 5);
    b.append(new Exponentials(exponentials, product, 3, 14, entries, HERE));
    Value exponentialsAcross = fresh(2, 3, 7, 5);
    b.append(new Exponentials(exponentialsAcross, x, 1, 6, entries, HERE));
    Value quotient = fresh(2, 3, 7, 5);
    Value numerator = fresh(2, 3, 7, 5);
    b.append(new Requantize(numerator, p, 1, 0, 500, HERE));
    b.append(new RoundedQuotient(quotient, numerator, p, 12, 0, 1 << 12, HERE));
    Value norms = fresh(2, 3, 7, 1);
    b.append(new EuclideanNorm(norms, x, 1000, HERE));
    Value normalized = fresh(2, 3, 7, 5);
    b.append(new Normalize(normalized, x, 1, List.of(2, 0, 7, 5, 1), HERE));
    Value sums = fresh(2, 3, 3, 5);
    b.append(
        new WindowSum(sums, x, 2, List.of(0, 1, 4), List.of(2, 5, 3), List.of(1, -7, 12), HERE));
    Value rowMaxima = fresh(2, 3, 7, 4);
    b.append(new WindowMax(rowMaxima, x, 3, 2, 2, 3, 2, HERE));
    Value maxima = fresh(2, 3, 4, 5);
    b.append(new WindowMax(maxima, x, 2, 3, 2, 1, 1, HERE));
    Value both = fresh(2, 6, 7, 5);
    b.append(new Concatenate(both, List.of(x, p), 1, HERE));
    Value turned = fresh(5, 2, 7, 3);
    b.append(new Transpose(turned, x, List.of(3, 0, 2, 1), HERE));
    Value cut = fresh(1, 2, 3, 2);
    b.append(
        new Slice(cut, x, List.of(1, 0, 1, 1), List.of(2, 3, 6, 5), List.of(1, 2, 2, 3), HERE));
    Value padded = fresh(2, 4, 9, 8);
    b.append(new Pad(padded, x, List.of(0, 1, 2, 0), List.of(0, 0, 0, 3), -7L, HERE));
    Value flat = fresh(2, 105);
    b.append(new Reshape(flat, x, HERE));
    Value matrix = fresh(11, 105);
    b.append(
        new Parameter(
            matrix,
            "m",
            IntegerWeights.of(
                TensorData.ofLongs(DType.I8, matrix.shape(), random(random, 11 * 105, 127)),
                List.of(3, 0, 1, 2, 0, 0, 1, 0, 2, 0, 0)),
            HERE));
    Value offsets = fresh(11);
    b.append(
        new Parameter(
            offsets,
            "o",
            IntegerWeights.of(
                TensorData.ofLongs(DType.I32, offsets.shape(), random(random, 11, 1 << 20))),
            HERE));
    Value mapped = fresh(2, 11);
    b.append(new Linear(mapped, flat, matrix, Optional.of(offsets), HERE));
    Value spread = fresh(3, 2, 11);
    b.append(new Broadcast(spread, offsets, HERE));
    List<Value> results =
        List.of(
            product,
            scaled,
            shifted,
            unshifted,
            looked,
            exponentials,
            exponentialsAcross,
            lookedShifted,
            quotient,
            norms,
            normalized,
            sums,
            rowMaxima,
            maxima,
            both,
            turned,
            cut,
            padded,
            mapped,
            spread);
    Program program = Program.of(Level.INTEGER, b.build(results));
    for (int sample = 0; sample < 20; sample++) {
      assertSame(
          program,
          List.of(
              random(random, 210, 2000),
              random.longs(210, 1, 1001).toArray(),
              random(random, 35, 9)),
          "sample " + sample);
    }
  }

  @Test
  void elementsOutsideTheirIntervalAreReported() {
    Value x = b.parameter("x", new IntegerType(Shape.of(3), -5, 5, 1));
    Value y = b.fresh("y", new IntegerType(Shape.of(3), -9, 9, 1));
    b.append(new Scale(y, x, 2, HERE));
    IntegerEvaluator evaluator =
        new IntegerEvaluator(Program.of(Level.INTEGER, b.build(List.of(y))));
    assertArrayEquals(
        new int[] {-8, 0, 8}, evaluator.run(List.of(new int[] {-4, 0, 4})).getFirst());
    assertThrows(ArithmeticException.class, () -> evaluator.run(List.of(new int[] {5, 0, 4})));
    assertThrows(ArithmeticException.class, () -> evaluator.run(List.of(new int[] {6, 0, 0})));
    assertThrows(IllegalArgumentException.class, () -> evaluator.run(List.of(new int[2])));
  }

  @Test
  void intervalsBeyondThirtyBitsAreRefused() {
    Value x = b.parameter("x", new IntegerType(Shape.of(1), 0, 1L << 30, 1));
    Program program = Program.of(Level.INTEGER, b.build(List.of(x)));
    assertThrows(IllegalArgumentException.class, () -> new IntegerEvaluator(program));
  }
}
