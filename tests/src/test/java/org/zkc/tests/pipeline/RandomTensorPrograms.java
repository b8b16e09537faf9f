package org.zkc.tests.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.BitOperation;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopValues;

/**
 * Random programs of the tensor level: comparisons, masks, boolean logic, sorting, indices that
 * choose rows, pools and arithmetic, each operand any earlier value that fits. Those of integers
 * and booleans alone are exact; those of real numbers have softmax, sigmoid and linear maps too.
 */
final class RandomTensorPrograms {
  private static final int MOST_ELEMENTS = 120;

  /** Extents of the two inputs; short enough that all pairs of a sort fit. */
  private static final Shape INPUT = Shape.of(2, 3, 4);

  private final Random random;
  private final DType numbers;
  private final TensorBuilder builder = new TensorBuilder(Location.UNKNOWN);
  private final List<Value> values = new ArrayList<>();

  private RandomTensorPrograms(long seed, DType numbers) {
    this.random = new Random(seed);
    this.numbers = numbers;
  }

  /**
   * A program of two inputs.
   *
   * @param numbers the inputs' element type: I64 or F32
   */
  static Program of(long seed, DType numbers, int ops) {
    return new RandomTensorPrograms(seed, numbers).generate(ops);
  }

  /** Inputs for a program: integers in [-9, 9], or normally distributed reals. */
  static List<TensorData> inputs(long seed, DType numbers) {
    Random random = new Random(seed);
    List<TensorData> out = new ArrayList<>();
    int count = (int) INPUT.elementCount();
    for (int i = 0; i < 2; i++) {
      out.add(
          numbers == DType.I64
              ? TensorData.ofLongs(DType.I64, INPUT, integers(random, count))
              : TensorData.ofFloats(INPUT, gaussians(random, count)));
    }
    return out;
  }

  /** The least and the greatest are among them: a sample gives inputs their range. */
  private static long[] integers(Random random, int count) {
    long[] out = random.longs(count, -9, 10).toArray();
    out[random.nextInt(count / 2)] = -9;
    out[count / 2 + random.nextInt(count / 2)] = 9;
    return out;
  }

  private static float[] gaussians(Random random, int count) {
    float[] out = new float[count];
    for (int k = 0; k < count; k++) {
      out[k] = (float) random.nextGaussian();
    }
    return out;
  }

  private Program generate(int ops) {
    for (int i = 0; i < 2; i++) {
      values.add(builder.parameter("in" + i, new TensorType(numbers, INPUT)));
    }
    int left = ops;
    for (int tries = 0; left > 0 && tries < 40 * ops; tries++) {
      Value added;
      try {
        added = step();
      } catch (UserException | IllegalArgumentException doesNotFit) {
        continue;
      }
      if (added != null && added.shape().elementCount() <= MOST_ELEMENTS) {
        values.add(added);
        left--;
      }
    }
    return Program.of(Level.TENSOR, builder.build(List.of(values.getLast(), pick())));
  }

  private Value pick() {
    return values.get(random.nextInt(values.size()));
  }

  private static DType type(Value v) {
    return v.tensorType().dtype();
  }

  /** A value of the type, and of the shape if one is given. */
  private @Nullable Value pick(DType type, @Nullable Shape shape) {
    List<Value> fitting =
        values.stream()
            .filter(v -> type(v) == type && (shape == null || v.shape().equals(shape)))
            .toList();
    return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
  }

  /** One more op, or null when the chosen one does not fit the chosen value. */
  private @Nullable Value step() {
    Value x = pick();
    if (type(x) == DType.I1) {
      return ofBooleans(x);
    }
    return switch (random.nextInt(numbers == DType.F32 ? 17 : 13)) {
      case 0, 1 -> comparison(x);
      case 2, 3 -> masked(x);
      case 4 -> sorted(x);
      case 5 -> indices(x);
      case 6 -> pooled(x);
      case 7 -> summed(x);
      case 8 -> builder.add(x, other(x));
      case 9 -> builder.subtract(x, other(x));
      case 10 -> random.nextBoolean() ? builder.relu(x) : builder.multiply(x, other(x));
      case 11 -> moved(x);
      case 12 -> type(x) == DType.I64 ? divided(x) : builder.clamp(x, -1, 0.5);
      case 13 -> type(x) == DType.F32 ? builder.pointwise(x, Sigmoid::new) : null;
      case 14 -> type(x) == DType.F32 ? builder.softmax(x, axis(x)) : null;
      case 15 -> type(x) == DType.F32 ? linear(x) : null;
      default -> builder.cast(x, type(x) == DType.F32 ? DType.I64 : DType.F32);
    };
  }

  private Value other(Value x) {
    Value y = pick(type(x), x.shape());
    return y == null ? x : y;
  }

  private int axis(Value x) {
    return random.nextInt(x.shape().rank());
  }

  private Value ofBooleans(Value x) {
    return switch (random.nextInt(3)) {
      case 0 -> builder.cast(x, numbers);
      case 1 -> moved(x);
      default ->
          builder.bitwise(
              x, other(x), BitOperation.values()[random.nextInt(BitOperation.values().length)]);
    };
  }

  private Value comparison(Value x) {
    Value difference = random.nextBoolean() ? x : builder.subtract(x, other(x));
    Comparison[] all = Comparison.values();
    return builder.compareZero(difference, all[random.nextInt(all.length)]);
  }

  /** x where a mask holds, and something else where it does not. */
  private @Nullable Value masked(Value x) {
    Value mask = pick(DType.I1, x.shape());
    if (mask == null) {
      return null;
    }
    Value y = other(x);
    return builder.add(y, builder.multiply(builder.cast(mask, type(x)), builder.subtract(x, y)));
  }

  private Value sorted(Value x) {
    int axis = axis(x);
    int k = 1 + random.nextInt(x.shape().extent(axis));
    return builder.op(r -> new TopValues(r, x, axis, k, Location.UNKNOWN));
  }

  /** The places of the greatest elements, or the rows of a constant that these choose. */
  private Value indices(Value x) {
    int axis = axis(x);
    int k = 1 + random.nextInt(x.shape().extent(axis));
    Value places = builder.op(r -> new TopIndices(r, x, axis, k, Location.UNKNOWN));
    if (random.nextBoolean()) {
      return places;
    }
    Shape rows = Shape.of(x.shape().extent(axis), 2);
    int count = (int) rows.elementCount();
    TensorData table =
        numbers == DType.I64
            ? TensorData.ofLongs(DType.I64, rows, random.longs(count, -20, 20).toArray())
            : TensorData.ofFloats(rows, gaussians(random, count));
    return builder.gather(builder.constant(table, "table"), places);
  }

  private @Nullable Value pooled(Value x) {
    int rank = x.shape().rank();
    return rank < 2
        ? null
        : builder.maxPool(
            x, List.of(2), List.of(1 + random.nextInt(2)), List.of(0), List.of(0), List.of(1));
  }

  /** Sums of integers, means of real numbers, over windows of two. */
  private @Nullable Value summed(Value x) {
    int axis = axis(x);
    int positions = x.shape().extent(axis) - 1;
    if (positions < 1) {
      return null;
    }
    List<Integer> starts = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    List<Integer> divisors = new ArrayList<>();
    for (int k = 0; k < positions; k++) {
      starts.add(k);
      lengths.add(2);
      divisors.add(type(x) == DType.F32 ? 2 : 1);
    }
    return builder.windowMean(x, axis, starts, lengths, divisors);
  }

  private Value divided(Value x) {
    long divisor = 2 + random.nextInt(5);
    Value by =
        builder.broadcast(
            builder.constant(TensorData.ofLongs(DType.I64, Shape.of(), new long[] {divisor}), "by"),
            x.shape());
    DivisionPart[] parts = DivisionPart.values();
    return builder.divideIntegers(x, by, parts[random.nextInt(parts.length)]);
  }

  private Value linear(Value x) {
    int inner = x.shape().extent(x.shape().rank() - 1);
    Shape shape = Shape.of(1 + random.nextInt(4), inner);
    TensorData weight = TensorData.ofFloats(shape, gaussians(random, (int) shape.elementCount()));
    return builder.linear(x, builder.constant(weight, "weight"), Optional.empty());
  }

  private Value moved(Value x) {
    int rank = x.shape().rank();
    int axis = axis(x);
    if (random.nextBoolean()) {
      List<Integer> order = new ArrayList<>();
      for (int a = 0; a < rank; a++) {
        order.add((a + 1) % rank);
      }
      return builder.transpose(x, order);
    }
    int extent = x.shape().extent(axis);
    int start = random.nextInt(extent);
    return builder.slice(x, axis, start, start + 1 + random.nextInt(extent - start), 1);
  }
}
