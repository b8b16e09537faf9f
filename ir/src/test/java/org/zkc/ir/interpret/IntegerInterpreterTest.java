package org.zkc.ir.interpret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;

class IntegerInterpreterTest {
  private static final long WIDE = 1L << 40;

  /** Runs one op on one input of the given shape; result elements may be anything. */
  private static long[] run(Shape input, Shape result, long[] elements, Function<Value[], Op> op) {
    FunctionBuilder b = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = b.parameter("x", new IntegerType(input, -WIDE, WIDE, 1));
    Value y = b.fresh("y", new IntegerType(result, -WIDE, WIDE, 1));
    b.append(op.apply(new Value[] {y, x}));
    return IntegerInterpreter.run(Program.of(Level.INTEGER, b.build(List.of(y))), List.of(elements))
        .getFirst();
  }

  @Test
  void requantisationRoundsHalvesUpAndSaturates() {
    long[] x = {-13, -12, -11, -10, -9, -6, -5, -2, -1, 0, 1, 2, 3, 5, 6, 7, 100};
    Shape shape = Shape.of(x.length);
    long[] y = run(shape, shape, x, v -> new Requantize(v[0], v[1], 2, -3, 2, Location.UNKNOWN));
    assertArrayEquals(new long[] {-3, -3, -3, -2, -2, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2}, y);
  }

  @Test
  void requantisationByShiftZeroOnlyClamps() {
    long[] y =
        run(
            Shape.of(3),
            Shape.of(3),
            new long[] {-9, 4, 9},
            v -> new Requantize(v[0], v[1], 0, -5, 5, Location.UNKNOWN));
    assertArrayEquals(new long[] {-5, 4, 5}, y);
  }

  @Test
  void tablesSaturateAtTheirEnds() {
    TensorData entries = TensorData.ofLongs(DType.I32, Shape.of(3), new long[] {7, 8, 9});
    long[] x = {-100, -2, -1, 0, 1, 50};
    Shape shape = Shape.of(6);
    assertArrayEquals(
        new long[] {7, 7, 8, 9, 9, 9},
        run(shape, shape, x, v -> new Table(v[0], v[1], -2, entries, Location.UNKNOWN)));
    // (x + 1) >> 1: -100 -> -50, -2 -> -1, -1 -> 0, 0 -> 0, 1 -> 1, 50 -> 25.
    assertArrayEquals(
        new long[] {7, 8, 9, 9, 9, 9},
        run(
            shape,
            shape,
            x,
            v -> new RequantizeTable(v[0], v[1], 1, -2, entries, Location.UNKNOWN)));
  }

  @Test
  void exponentialsAreEntriesForDistancesFromTheGreatest() {
    TensorData entries = TensorData.ofLongs(DType.I32, Shape.of(3), new long[] {9, 5, 1});
    Shape shape = Shape.of(2, 3);
    long[] x = {2, -1, -2, 43, 50, -50};
    // Distances along the second axis: 0, 3, 4 and 7, 0, 100; in steps of 4.
    assertArrayEquals(
        new long[] {9, 9, 5, 5, 9, 1},
        run(shape, shape, x, v -> new Exponentials(v[0], v[1], 1, 2, entries, Location.UNKNOWN)));
    // Along the first: 41, 51, 0 and 0, 0, 48; in steps of 8.
    assertArrayEquals(
        new long[] {1, 1, 9, 9, 9, 1},
        run(shape, shape, x, v -> new Exponentials(v[0], v[1], 0, 3, entries, Location.UNKNOWN)));
  }

  @Test
  void windowMaximaIgnorePadding() {
    long[] y =
        run(
            Shape.of(1, 4),
            Shape.of(1, 3),
            new long[] {-5, -7, -9, -3},
            v -> new WindowMax(v[0], v[1], 1, 3, 2, 1, 1, Location.UNKNOWN));
    assertArrayEquals(new long[] {-5, -3, -3}, y);
  }

  @Test
  void windowSumsMultiplyByTheirFactors() {
    long[] y =
        run(
            Shape.of(4, 2),
            Shape.of(2, 2),
            new long[] {1, 10, 2, 20, 3, 30, 4, 40},
            v ->
                new WindowSum(
                    v[0], v[1], 0, List.of(0, 1), List.of(2, 3), List.of(1, -2), Location.UNKNOWN));
    assertArrayEquals(new long[] {3, 30, -18, -180}, y);
  }

  @Test
  void normsRoundDownAndReciprocalsRoundHalvesUp() {
    // 3^2 + 4^2 = 25, 5^2 + 1^2 = 26; with 9 or 11 more 34, 36 and 35, 37.
    long[] x = {3, -4, -5, 1};
    Shape shape = Shape.of(2, 2);
    assertArrayEquals(
        new long[] {5, 5},
        run(shape, Shape.of(2, 1), x, v -> new EuclideanNorm(v[0], v[1], 9, Location.UNKNOWN)));
    assertArrayEquals(
        new long[] {6, 6},
        run(shape, Shape.of(2, 1), x, v -> new EuclideanNorm(v[0], v[1], 11, Location.UNKNOWN)));
    // 2^28 / 6 = 44739242.67
    assertArrayEquals(
        new long[] {3 * 44739243L, -4 * 44739243L, -5 * 44739243L, 44739243},
        run(shape, shape, x, v -> new Normalize(v[0], v[1], 11, List.of(), Location.UNKNOWN)));
  }

  @Test
  void quotientsRoundHalvesUp() {
    FunctionBuilder b = new FunctionBuilder("main", Location.UNKNOWN);
    IntegerType type = new IntegerType(Shape.of(5), 0, 100, 1);
    Value n = b.parameter("n", type);
    Value d = b.parameter("d", type);
    Value q = b.value(new RoundedQuotient(b.fresh("q", type), n, d, 2, 0, 4, Location.UNKNOWN));
    Program program = Program.of(Level.INTEGER, b.build(List.of(q)));
    // 4 n / d: 0, 1.5, 0.5, 4, 1.33
    List<long[]> inputs = List.of(new long[] {0, 3, 1, 9, 1}, new long[] {5, 8, 8, 9, 3});
    assertArrayEquals(
        new long[] {0, 2, 1, 4, 1}, IntegerInterpreter.run(program, inputs).getFirst());
    assertThrows(
        ArithmeticException.class,
        () ->
            IntegerInterpreter.run(
                program, List.of(new long[] {2, 0, 0, 0, 0}, new long[] {1, 1, 1, 1, 1})));
  }

  @Test
  void quotientsOfNegativeNumbersRoundHalvesUp() {
    FunctionBuilder b = new FunctionBuilder("main", Location.UNKNOWN);
    IntegerType type = new IntegerType(Shape.of(5), -100, 100, 1);
    Value n = b.parameter("n", type);
    Value d = b.parameter("d", type);
    Value q =
        b.value(new RoundedQuotient(b.fresh("q", type), n, d, 1, -100, 100, Location.UNKNOWN));
    Program program = Program.of(Level.INTEGER, b.build(List.of(q)));
    // 2 n / d: -1.5, -0.5, -18, -1.67, 5
    List<long[]> inputs = List.of(new long[] {-3, -1, -9, -5, 5}, new long[] {4, 4, 1, 6, 2});
    assertArrayEquals(
        new long[] {-1, 0, -18, -2, 5}, IntegerInterpreter.run(program, inputs).getFirst());
  }

  @Test
  void elementsOutsideTheIntervalOfTheirTypeAreRefused() {
    FunctionBuilder b = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = b.parameter("x", new IntegerType(Shape.of(1), -128, 127, 1));
    Value y = b.fresh("y", new IntegerType(Shape.of(1), -16, 15, 1));
    b.append(new Requantize(y, x, 2, -100, 100, Location.UNKNOWN));
    Program program = Program.of(Level.INTEGER, b.build(List.of(y)));
    assertArrayEquals(
        new long[] {15}, IntegerInterpreter.run(program, List.of(new long[] {61})).getFirst());
    assertThrows(
        ArithmeticException.class, () -> IntegerInterpreter.run(program, List.of(new long[] {62})));
    assertThrows(
        ArithmeticException.class,
        () -> IntegerInterpreter.run(program, List.of(new long[] {128})));
    assertThrows(
        IllegalArgumentException.class,
        () -> IntegerInterpreter.run(program, List.of(new long[2])));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void convolutionsAreTheirDefinition(long seed) {
    Random random = new Random(seed);
    int groups = 1 + random.nextInt(2);
    Shape input = Shape.of(2, 2 * groups, 4 + random.nextInt(4), 5 + random.nextInt(4));
    Shape kernel = Shape.of(3 * groups, 2, 1 + random.nextInt(3), 1 + random.nextInt(3));
    List<Integer> strides = List.of(1 + random.nextInt(2), 1 + random.nextInt(3));
    List<Integer> low = List.of(random.nextInt(3), random.nextInt(3));
    List<Integer> high = List.of(random.nextInt(3), random.nextInt(3));
    List<Integer> dilations = List.of(1, 1 + random.nextInt(2));
    Shape shape =
        Shapes.conv(input, kernel, Optional.empty(), strides, low, high, dilations, groups);
    long[] x = random.longs(input.elementCount(), -255, 256).toArray();
    long[] w = random.longs(kernel.elementCount(), -128, 128).toArray();
    long[] b = random.longs(kernel.extent(0), -1000, 1000).toArray();
    List<Integer> shifts = random.ints(kernel.extent(0), 0, 3).boxed().toList();
    FunctionBuilder f = new FunctionBuilder("main", Location.UNKNOWN);
    Value parameter = f.parameter("x", new IntegerType(input, -255, 255, 1));
    Value weight = f.fresh("w", new IntegerType(kernel, -WIDE, WIDE, 1));
    f.append(
        new Parameter(
            weight,
            "w",
            IntegerWeights.of(TensorData.ofLongs(DType.I8, kernel, w), shifts),
            Location.UNKNOWN));
    Value bias = f.fresh("b", new IntegerType(Shape.of(b.length), -WIDE, WIDE, 1));
    f.append(
        new Parameter(
            bias,
            "b",
            IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(b.length), b)),
            Location.UNKNOWN));
    Value result = f.fresh("y", new IntegerType(shape, -WIDE, WIDE, 1));
    f.append(
        new Conv(
            result,
            parameter,
            weight,
            Optional.of(bias),
            strides,
            low,
            high,
            dilations,
            groups,
            Location.UNKNOWN));
    Program program = Program.of(Level.INTEGER, f.build(List.of(result)));
    long[] found = IntegerInterpreter.run(program, List.of(x)).getFirst();
    for (int n = 0; n < shape.extent(0); n++) {
      for (int o = 0; o < shape.extent(1); o++) {
        for (int y = 0; y < shape.extent(2); y++) {
          for (int z = 0; z < shape.extent(3); z++) {
            long sum = b[o];
            for (int c = 0; c < 2; c++) {
              for (int dy = 0; dy < kernel.extent(2); dy++) {
                for (int dx = 0; dx < kernel.extent(3); dx++) {
                  int sy = y * strides.get(0) + dy * dilations.get(0) - low.get(0);
                  int sx = z * strides.get(1) + dx * dilations.get(1) - low.get(1);
                  if (sy >= 0 && sy < input.extent(2) && sx >= 0 && sx < input.extent(3)) {
                    int channel = o / 3 * 2 + c;
                    sum +=
                        (w[(int) index(kernel, o, c, dy, dx)] << shifts.get(o))
                            * x[(int) index(input, n, channel, sy, sx)];
                  }
                }
              }
            }
            assertEquals(sum, found[(int) index(shape, n, o, y, z)], "seed " + seed);
          }
        }
      }
    }
  }

  private static long index(Shape shape, int... at) {
    long index = 0;
    for (int axis = 0; axis < at.length; axis++) {
      index = index * shape.extent(axis) + at[axis];
    }
    return index;
  }
}
