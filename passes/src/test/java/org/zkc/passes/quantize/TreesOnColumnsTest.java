package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/**
 * Decision trees on columns of very different size decide as the real numbers do wherever these are
 * off their thresholds by more than a step of their own column.
 */
class TreesOnColumnsTest {
  private static final int ROWS = 8;
  private static final double[] SIZES = {0.01, 4000, 1, 300};

  /** Features and thresholds of a perfect tree, level by level; a threshold is times its column. */
  private static final int[][] FEATURES = {{3}, {0, 1}, {2, 0, 0, 1}};

  private static final double[][] THRESHOLDS = {{0.1}, {-0.3, 0.2}, {0.5, -0.7, 0.25, -200}};

  private final TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
  private final Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, SIZES.length)));
  private final Random random = new Random(3);

  private static float threshold(int level, int node) {
    return (float) (THRESHOLDS[level][node] * SIZES[FEATURES[level][node]]);
  }

  private TensorData sample() {
    float[] elements = new float[ROWS * SIZES.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (SIZES[i % SIZES.length] * (2 * random.nextDouble() - 1));
    }
    return TensorData.ofFloats(x.shape(), elements);
  }

  private static TensorData unit(int n) {
    long[] elements = new long[n * n];
    IntStream.range(0, n).forEach(i -> elements[i * (n + 1)] = 1);
    return TensorData.ofLongs(DType.I64, Shape.of(n, n), elements);
  }

  private Value bit(Value feature, Value thresholds) {
    return b.cast(b.compareZero(b.subtract(feature, thresholds), Comparison.LESS_EQUAL), DType.I64);
  }

  /** The features that nodes name, by rows of the unit matrix, as gather is lowered. */
  private Value chosen(int[] features, Value node) {
    long[] names = IntStream.of(features).asLongStream().toArray();
    Value names1 = b.constant(TensorData.ofLongs(DType.I64, Shape.of(names.length), names), "");
    Value hits = b.gather(b.constant(unit(SIZES.length), ""), b.gather(names1, node));
    Value left = b.reshape(b.cast(hits, DType.F32), Shape.of(ROWS, 1, SIZES.length));
    Value right = b.reshape(x, Shape.of(ROWS, 1, SIZES.length));
    return b.reshape(b.matMul(left, right), Shape.of(ROWS));
  }

  /** The number of the leaf of each row. */
  private Value leaf() {
    Value root = b.windowMean(x, 1, List.of(FEATURES[0][0]), List.of(1), List.of(1));
    TensorData atRoot = TensorData.ofFloats(Shape.of(1), new float[] {threshold(0, 0)});
    Value first = b.broadcast(b.constant(atRoot, ""), root.shape());
    Value node = b.reshape(bit(root, first), Shape.of(ROWS));
    for (int level = 1; level < FEATURES.length; level++) {
      float[] own = new float[FEATURES[level].length];
      for (int k = 0; k < own.length; k++) {
        own[k] = threshold(level, k);
      }
      Value table = b.constant(TensorData.ofFloats(Shape.of(own.length), own), "");
      Value bit = bit(chosen(FEATURES[level], node), b.gather(table, node));
      Value two = b.constant(TensorData.ofLongs(DType.I64, Shape.of(1), new long[] {2}), "");
      node = b.add(b.multiply(node, b.broadcast(two, node.shape())), bit);
    }
    return node;
  }

  /** A program in units of columns with its integers. */
  private record Lowered(ColumnScales columns, Program integer) {
    IntegerType input() {
      return integer.main().parameters().getFirst().integerType();
    }

    double step(int column) {
      return input().scale() * columns.inputs().getFirst().units().get(column);
    }

    long[] run(TensorData sample) {
      double scale = input().scale();
      float[] own = columns.apply(List.of(sample)).getFirst().toFloats();
      long[] integers = new long[own.length];
      for (int i = 0; i < own.length; i++) {
        integers[i] =
            Math.clamp(Math.round(own[i] / scale), (int) input().low(), (int) input().high());
      }
      return IntegerInterpreter.run(integer, List.of(integers)).getFirst();
    }
  }

  private Lowered lowered(Value result) {
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    List<List<TensorData>> samples = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      samples.add(List.of(sample()));
    }
    ColumnScales columns = ColumnScales.of(tensor, samples);
    assertEquals(SIZES.length, columns.inputs().getFirst().units().size());
    Program own = columns.apply(tensor);
    List<List<TensorData>> ownSamples = samples.stream().map(columns::apply).toList();
    Program integer =
        TensorToInteger.lower(
                own,
                Calibrate.run(own, ownSamples),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    return new Lowered(columns, integer);
  }

  /** The leaf of a row, or -1 where a number is within a step of its threshold. */
  private static int leaf(float[] row, Lowered lowered) {
    int node = 0;
    for (int level = 0; level < FEATURES.length; level++) {
      int feature = FEATURES[level][node];
      double off = (double) row[feature] - threshold(level, node);
      if (Math.abs(off) <= lowered.step(feature)) {
        return -1;
      }
      node = 2 * node + (off <= 0 ? 1 : 0);
    }
    return node;
  }

  @Test
  void nodesThatComputedIndicesChoose() {
    Lowered lowered = lowered(leaf());
    int sure = 0;
    for (int i = 0; i < 100; i++) {
      TensorData sample = sample();
      float[] rows = sample.toFloats();
      long[] leaves = lowered.run(sample);
      for (int row = 0; row < ROWS; row++) {
        float[] own = new float[SIZES.length];
        System.arraycopy(rows, row * SIZES.length, own, 0, own.length);
        int leaf = leaf(own, lowered);
        if (leaf >= 0) {
          assertEquals(leaf, leaves[row], "row %d of sample %d".formatted(row, i));
          sure++;
        }
      }
    }
    assertTrue(sure >= 98 * ROWS, sure + " rows are off their thresholds");
    for (int column = 0; column < SIZES.length; column++) {
      assertTrue(
          lowered.step(column) < SIZES[column] / 1000, "a step of column %d".formatted(column));
    }
  }

  @Test
  void rowsOfAMapWhoseSignsAreRead() {
    float[] weight = new float[7 * SIZES.length];
    float[] bias = new float[7];
    int[] columns = IntStream.range(0, 3).flatMap(l -> IntStream.of(FEATURES[l])).toArray();
    int at = 0;
    for (int level = 0; level < FEATURES.length; level++) {
      for (int node = 0; node < FEATURES[level].length; node++, at++) {
        weight[at * SIZES.length + FEATURES[level][node]] = 1;
        bias[at] = -threshold(level, node);
      }
    }
    Value map =
        b.linear(
            x,
            b.constant(TensorData.ofFloats(Shape.of(7, SIZES.length), weight), "w"),
            Optional.of(b.constant(TensorData.ofFloats(Shape.of(7), bias), "b")));
    Lowered lowered = lowered(b.compareZero(map, Comparison.LESS_EQUAL));
    for (int i = 0; i < 100; i++) {
      TensorData sample = sample();
      float[] rows = sample.toFloats();
      long[] signs = lowered.run(sample);
      for (int k = 0; k < signs.length; k++) {
        int column = columns[k % 7];
        double off = (double) rows[k / 7 * SIZES.length + column] + bias[k % 7];
        if (Math.abs(off) > lowered.step(column)) {
          assertEquals(off <= 0 ? 1 : 0, signs[k], "sign %d of sample %d".formatted(k, i));
        }
      }
    }
  }
}
