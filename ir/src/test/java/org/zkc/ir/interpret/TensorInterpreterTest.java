package org.zkc.ir.interpret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.LogSoftmax;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Tanh;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopValues;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/** The kernels against the definitions of the ops, written out as loops over indices. */
final class TensorInterpreterTest {
  private static final Location HERE = Location.UNKNOWN;

  private static Value value(int... extents) {
    return new Value("v", new TensorType(DType.F32, Shape.of(extents)));
  }

  private static Value value(Shape shape) {
    return new Value("v", new TensorType(DType.F32, shape));
  }

  private static TensorData random(Random random, Shape shape) {
    float[] out = new float[(int) shape.elementCount()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return TensorData.ofFloats(shape, out);
  }

  @Test
  void convolutionsOfRandomGeometry() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int axes = 1 + random.nextInt(2);
      int groups = 1 + random.nextInt(3);
      // Every tenth is wide enough to cross the blocks of the matrix product.
      boolean wide = seed % 10 == 0;
      int channels = groups * (1 + random.nextInt(wide ? 40 : 3));
      int outputs = groups * (1 + random.nextInt(seed % 3 == 0 ? 40 : 3));
      List<Integer> in = new ArrayList<>(List.of(1 + random.nextInt(2), channels));
      List<Integer> kernel = new ArrayList<>();
      List<Integer> strides = new ArrayList<>();
      List<Integer> low = new ArrayList<>();
      List<Integer> high = new ArrayList<>();
      List<Integer> dilations = new ArrayList<>();
      for (int k = 0; k < axes; k++) {
        kernel.add(1 + random.nextInt(3));
        strides.add(1 + random.nextInt(3));
        low.add(random.nextInt(5));
        high.add(random.nextInt(5));
        dilations.add(1 + random.nextInt(3));
        int least =
            Math.max(
                1,
                dilations.getLast() * (kernel.getLast() - 1) + 1 - low.getLast() - high.getLast());
        in.add(least + random.nextInt(wide ? 12 : 4));
      }
      Value input = value(new Shape(in));
      kernel.addAll(0, List.of(outputs, channels / groups));
      Value weight = value(new Shape(kernel));
      Optional<Value> bias = random.nextBoolean() ? Optional.of(value(outputs)) : Optional.empty();
      Shape out =
          Shapes.conv(
              input.shape(),
              weight.shape(),
              bias.map(Value::shape),
              strides,
              low,
              high,
              dilations,
              groups);
      Conv op =
          new Conv(value(out), input, weight, bias, strides, low, high, dilations, groups, HERE);
      List<TensorData> operands = new ArrayList<>();
      op.operands().forEach(v -> operands.add(random(random, v.shape())));
      float[] actual = TensorInterpreter.evaluate(op, operands).toFloats();
      assertArrayEquals(naive(op, operands), actual, 1e-3f, "seed " + seed + ": " + op);
    }
  }

  private static float[] naive(Conv op, List<TensorData> operands) {
    Shape in = op.input().shape();
    Shape out = op.result().shape();
    int axes = op.strides().size();
    Shape kernel = new Shape(op.weight().shape().extents().subList(2, 2 + axes));
    int perGroup = in.extent(1) / op.groups();
    float[] result = new float[(int) out.elementCount()];
    for (int i = 0; i < result.length; i++) {
      int[] o = index(i, out);
      double sum = op.bias().isPresent() ? operands.get(2).getDouble(o[1]) : 0;
      int group = o[1] / (out.extent(1) / op.groups());
      for (int c = 0; c < perGroup; c++) {
        for (int t = 0; t < kernel.elementCount(); t++) {
          int[] tap = index(t, kernel);
          int[] x = new int[axes + 2];
          x[0] = o[0];
          x[1] = group * perGroup + c;
          boolean inside = true;
          for (int k = 0; k < axes; k++) {
            x[k + 2] =
                o[k + 2] * op.strides().get(k)
                    + tap[k] * op.dilations().get(k)
                    - op.paddingLow().get(k);
            inside &= x[k + 2] >= 0 && x[k + 2] < in.extent(k + 2);
          }
          if (inside) {
            long weight = ((long) o[1] * perGroup + c) * kernel.elementCount() + t;
            sum += operands.get(0).getDouble(flat(x, in)) * operands.get(1).getDouble(weight);
          }
        }
      }
      result[i] = (float) sum;
    }
    return result;
  }

  private static int[] index(int flat, Shape shape) {
    int[] out = new int[shape.rank()];
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      out[axis] = flat % shape.extent(axis);
      flat /= shape.extent(axis);
    }
    return out;
  }

  private static long flat(int[] index, Shape shape) {
    long out = 0;
    for (int axis = 0; axis < index.length; axis++) {
      out = out * shape.extent(axis) + index[axis];
    }
    return out;
  }

  @Test
  void linearMapsOverBlockBoundaries() {
    for (int[] size :
        new int[][] {{1, 1, 1}, {3, 255, 129}, {2, 256, 128}, {5, 515, 130}, {4, 7, 300}}) {
      Random random = new Random(size[1]);
      Linear op =
          new Linear(
              value(size[0], size[2]),
              value(size[0], size[1]),
              value(size[2], size[1]),
              Optional.of(value(size[2])),
              HERE);
      List<TensorData> operands =
          op.operands().stream().map(v -> random(random, v.shape())).toList();
      float[] expected = new float[size[0] * size[2]];
      for (int r = 0; r < size[0]; r++) {
        for (int o = 0; o < size[2]; o++) {
          double sum = operands.get(2).getDouble(o);
          for (int k = 0; k < size[1]; k++) {
            sum +=
                operands.get(0).getDouble(r * size[1] + k)
                    * operands.get(1).getDouble(o * size[1] + k);
          }
          expected[r * size[2] + o] = (float) sum;
        }
      }
      assertArrayEquals(expected, TensorInterpreter.evaluate(op, operands).toFloats(), 1e-3f);
    }
  }

  @Test
  void maxPoolIgnoresPadding() {
    MaxPool op =
        new MaxPool(
            value(1, 2, 3),
            value(1, 3, 5),
            List.of(2, 3),
            List.of(1, 2),
            List.of(0, 1),
            List.of(0, 1),
            List.of(1, 1),
            HERE);
    TensorData x =
        TensorData.ofFloats(
            Shape.of(1, 3, 5),
            new float[] {-9, -2, -3, -4, -5, -6, -7, -8, -1, -10, -11, -12, -13, -14, -15});
    assertArrayEquals(
        new float[] {-2, -1, -1, -6, -1, -1},
        TensorInterpreter.evaluate(op, List.of(x)).toFloats());
  }

  @Test
  void windowMeansOfAnInnerAxis() {
    WindowMean op =
        new WindowMean(
            value(2, 2, 2), value(2, 3, 2), 1, List.of(0, 1), List.of(1, 2), List.of(4, 2), HERE);
    TensorData x =
        TensorData.ofFloats(Shape.of(2, 3, 2), new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    assertArrayEquals(
        new float[] {0.25f, 0.5f, 4, 5, 1.75f, 2, 10, 11},
        TensorInterpreter.evaluate(op, List.of(x)).toFloats());
  }

  @Test
  void views() {
    TensorData x = TensorData.ofFloats(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6});
    assertArrayEquals(
        new float[] {1, 4, 2, 5, 3, 6},
        TensorInterpreter.evaluate(
                new Transpose(value(3, 2), value(2, 3), List.of(1, 0), HERE), List.of(x))
            .toFloats());
    assertArrayEquals(
        new float[] {4, 6},
        TensorInterpreter.evaluate(
                new Slice(
                    value(1, 2), value(2, 3), List.of(1, 0), List.of(2, 3), List.of(1, 2), HERE),
                List.of(x))
            .toFloats());
    assertArrayEquals(
        new float[] {7, 1, 2, 3, 7, 4, 5, 6, 7, 7, 7, 7},
        TensorInterpreter.evaluate(
                new Pad(value(3, 4), value(2, 3), List.of(0, 1), List.of(1, 0), 7.0, HERE),
                List.of(x))
            .toFloats());
    assertArrayEquals(
        new float[] {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6},
        TensorInterpreter.evaluate(
                new Concatenate(value(2, 6), List.of(value(2, 3), value(2, 3)), 1, HERE),
                List.of(x, x))
            .toFloats());
    assertArrayEquals(
        new float[] {1, 1, 2, 2, 1, 1, 2, 2},
        TensorInterpreter.evaluate(
                new Broadcast(value(2, 2, 2), value(2, 1), HERE),
                List.of(TensorData.ofFloats(Shape.of(2, 1), new float[] {1, 2})))
            .toFloats());
  }

  /** Weights of what a mask includes; equal ones where it includes nothing; means under them. */
  @Test
  void maskedSoftmaxAndAttention() {
    TensorData x = TensorData.ofFloats(Shape.of(2, 3), new float[] {0, 1, 1000, 0, 1, 1});
    TensorData mask = TensorData.ofLongs(DType.I1, Shape.of(2, 3), new long[] {1, 1, 0, 0, 0, 0});
    Value included = new Value("mask", new TensorType(DType.I1, Shape.of(2, 3)));
    float[] soft =
        TensorInterpreter.evaluate(
                new Softmax(value(2, 3), value(2, 3), Optional.of(included), 1, HERE),
                List.of(x, mask))
            .toFloats();
    assertArrayEquals(
        new float[] {0.26894143f, 0.7310586f, 0, 1 / 3f, 1 / 3f, 1 / 3f}, soft, 1e-6f);
    TensorData values = TensorData.ofFloats(Shape.of(2, 3), new float[] {1, 2, 1000, 0, 10, -10});
    float[] means =
        TensorInterpreter.evaluate(
                new Attention(value(2, 2), value(2, 3), Optional.of(included), value(2, 3), HERE),
                List.of(x, mask, values))
            .toFloats();
    assertArrayEquals(new float[] {1.7310586f, 7.310586f, 1003 / 3f, 0}, means, 1e-3f);
  }

  @Test
  void normsDivideByTheRootOfTheMeanSquare() {
    // Lines along axis 0: (3, 4) and (-1, 7).
    TensorData x = TensorData.ofFloats(Shape.of(2, 2), new float[] {3, -1, 4, 7});
    float[] rms =
        TensorInterpreter.evaluate(new RmsNorm(value(2, 2), value(2, 2), 0, 12.5, HERE), List.of(x))
            .toFloats();
    // Mean squares 12.5 and 25, with epsilon 25 and 37.5.
    float root = (float) Math.sqrt(37.5);
    assertArrayEquals(new float[] {0.6f, -1 / root, 0.8f, 7 / root}, rms, 1e-6f);
    float[] layer =
        TensorInterpreter.evaluate(
                new LayerNorm(value(2, 2), value(2, 2), 0, 0.75, HERE), List.of(x))
            .toFloats();
    // Less the means 3.5 and 3: variances 0.25 and 16, with epsilon 1 and 16.75.
    float deviation = (float) Math.sqrt(16.75);
    assertArrayEquals(new float[] {-0.5f, -4 / deviation, 0.5f, 4 / deviation}, layer, 1e-6f);
    float[] zeros =
        TensorInterpreter.evaluate(
                new LayerNorm(value(1, 2), value(1, 2), 1, 0, HERE),
                List.of(TensorData.ofFloats(Shape.of(1, 2), new float[] {5, 5})))
            .toFloats();
    assertArrayEquals(new float[] {0, 0}, zeros);
  }

  @Test
  void normalisations() {
    TensorData x = TensorData.ofFloats(Shape.of(2, 2), new float[] {0, 1000, 1, 1000});
    float[] soft =
        TensorInterpreter.evaluate(
                new Softmax(value(2, 2), value(2, 2), Optional.empty(), 0, HERE), List.of(x))
            .toFloats();
    assertArrayEquals(new float[] {0.26894143f, 0.5f, 0.7310586f, 0.5f}, soft, 1e-7f);
    float[] log =
        TensorInterpreter.evaluate(new LogSoftmax(value(2, 2), value(2, 2), 0, HERE), List.of(x))
            .toFloats();
    assertArrayEquals(new float[] {-1.3132616f, -0.6931472f, -0.3132617f, -0.6931472f}, log, 1e-6f);
    BatchNorm norm =
        new BatchNorm(
            value(1, 2, 1),
            value(1, 2, 1),
            Optional.of(value(2)),
            Optional.empty(),
            value(2),
            value(2),
            0,
            HERE);
    float[] out =
        TensorInterpreter.evaluate(
                norm,
                List.of(
                    TensorData.ofFloats(Shape.of(1, 2, 1), new float[] {3, 5}),
                    TensorData.ofFloats(Shape.of(2), new float[] {2, 1}),
                    TensorData.ofFloats(Shape.of(2), new float[] {1, 1}),
                    TensorData.ofFloats(Shape.of(2), new float[] {4, 16})))
            .toFloats();
    assertArrayEquals(new float[] {2, 1}, out);
  }

  @Test
  void theObserverSeesEveryValueInOrderAndResultsSurvive() {
    FunctionBuilder builder = new FunctionBuilder("main", HERE);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(2)));
    Value c =
        builder.value(
            new Constant(
                builder.fresh("c", x.type()),
                "c",
                TensorData.ofFloats(Shape.of(2), new float[] {1, -5}),
                HERE));
    Value sum = builder.value(new Add(builder.fresh("sum", x.type()), x, c, HERE));
    Value relu = builder.value(new Relu(builder.fresh("relu", x.type()), sum, HERE));
    Value tanh = builder.value(new Tanh(builder.fresh("tanh", x.type()), relu, HERE));
    Program program = Program.of(Level.TENSOR, builder.build(List.of(relu, tanh, relu)));
    List<String> seen = new ArrayList<>();
    List<TensorData> results =
        TensorInterpreter.run(
            program,
            List.of(TensorData.ofFloats(Shape.of(2), new float[] {1, 2})),
            (value, elements) -> seen.add(value.name() + elements[0]));
    assertEquals(
        List.of("x1.0", "c1.0", "sum2.0", "relu2.0", "tanh" + (float) StrictMath.tanh(2)), seen);
    assertEquals(3, results.size());
    assertArrayEquals(new float[] {2, 0}, results.get(2).toFloats());
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TensorInterpreter.run(
                    program, List.of(TensorData.ofFloats(Shape.of(3), new float[3]))));
    assertEquals("input 0 has shape 3, the program takes 2", wrong.getMessage());
  }

  /** Samples that share the reading of a matrix get what each gets alone, bit for bit. */
  @Test
  void samplesTogetherGiveWhatEachGivesAlone() {
    Random random = new Random(11);
    for (int rows : new int[] {1, 3}) {
      FunctionBuilder b = new FunctionBuilder("main", HERE);
      Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(rows, 300)));
      Value w = constant(b, random, Shape.of(70, 300));
      Value bias = constant(b, random, Shape.of(70));
      Value h = b.fresh("h", new TensorType(DType.F32, Shape.of(rows, 70)));
      b.append(new Linear(h, x, w, Optional.of(bias), HERE));
      Value r = b.fresh("r", h.type());
      b.append(new Relu(r, h, HERE));
      Value v = constant(b, random, Shape.of(40, 70));
      Value y = b.fresh("y", new TensorType(DType.F32, Shape.of(rows, 40)));
      b.append(new Linear(y, r, v, Optional.empty(), HERE));
      Program program = Program.of(Level.TENSOR, b.build(List.of(y, r)));
      TensorInterpreter interpreter = new TensorInterpreter(program);
      List<List<TensorData>> samples = new ArrayList<>();
      for (int s = 0; s < 5; s++) {
        samples.add(List.of(random(random, x.shape())));
      }
      List<List<String>> seen = new ArrayList<>();
      samples.forEach(s -> seen.add(new ArrayList<>()));
      List<List<TensorData>> all =
          interpreter.runAll(
              samples, (s, value, elements) -> seen.get(s).add(value + Arrays.toString(elements)));
      for (int s = 0; s < samples.size(); s++) {
        List<String> alone = new ArrayList<>();
        List<TensorData> expected =
            interpreter.run(
                samples.get(s), (value, elements) -> alone.add(value + Arrays.toString(elements)));
        for (int k = 0; k < expected.size(); k++) {
          assertArrayEquals(expected.get(k).toFloats(), all.get(s).get(k).toFloats());
        }
        assertEquals(alone, seen.get(s));
      }
    }
  }

  /**
   * Few are selected, many are sorted: of equal elements, 0 and -0 too, the first is the greater.
   */
  @Test
  void ordersAlongAnAxis() {
    Shape shape = Shape.of(2, 40, 3);
    Random random = new Random(11);
    float[] x = new float[240];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7 == 0 ? -0f : (random.nextInt(15) - 7) * (i % 2 == 0 ? 0.25f : 1e30f);
    }
    for (int k : List.of(1, 8, 9, 40)) {
      FunctionBuilder b = new FunctionBuilder("main", HERE);
      Value in = b.parameter("x", new TensorType(DType.F32, shape));
      Shape few = Shape.of(2, k, 3);
      Value values = b.fresh("v", new TensorType(DType.F32, few));
      Value indices = b.fresh("i", new TensorType(DType.I64, few));
      b.append(new TopValues(values, in, 1, k, HERE));
      b.append(new TopIndices(indices, in, 1, k, HERE));
      List<TensorData> found =
          TensorInterpreter.run(
              Program.of(Level.TENSOR, b.build(List.of(values, indices))),
              List.of(TensorData.ofFloats(shape, x)));
      for (int row = 0; row < 6; row++) {
        int from = row / 3 * 120 + row % 3;
        List<Integer> order = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        order.sort((i, j) -> {
          float a = x[from + 3 * i];
          float c = x[from + 3 * j];
          return a == c ? Integer.compare(i, j) : a > c ? -1 : 1;
        });
        for (int i = 0; i < k; i++) {
          int at = row / 3 * 3 * k + 3 * i + row % 3;
          assertEquals(order.get(i), (int) found.get(1).getLong(at));
          assertEquals(x[from + 3 * order.get(i)], found.get(0).getDouble(at));
        }
      }
    }
  }

  private static Value constant(FunctionBuilder b, Random random, Shape shape) {
    Value c = b.fresh("c", new TensorType(DType.F32, shape));
    b.append(new Constant(c, c.name(), random(random, shape), HERE));
    return c;
  }
}
