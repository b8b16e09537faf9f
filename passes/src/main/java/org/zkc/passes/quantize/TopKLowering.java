package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.TopValues;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The largest elements along an axis of n, and their indices, exactly on the integers. Few of them
 * are selected one after the other:
 *
 * <pre>
 * m = max over j of x_j,  z_j = 1 where m - x_j &lt;= 0,  index = n - max over j of z_j (n - j)
 * </pre>
 *
 * As m is one of the x_j, some z_j is 1, and the greatest n - j among them is that of the lowest
 * index. For the next largest, x is set below all others at the index, and all is done again.
 *
 * <p>Many of them are sorted ({@link SortingNetwork}). Their indices are found by sorting 2^t x_j +
 * (2^t - 1 - j) with 2^t >= n: no two of these are equal, of equal x_j that of the lowest index is
 * the greatest, and each is 2^t times the element that stands in its place when the x_j are sorted,
 * plus 2^t - 1 less its index.
 */
public final class TopKLowering {
  /**
   * The integers that are sorted, or that are selected from with each time that one is set below
   * all others, span less than this together.
   */
  private static final long WIDE = 1L << 29;

  /** The rows of a table that wider integers are requantised by. */
  private static final long MOST_ROWS = 1L << 17;

  /**
   * Selecting one element takes about this many times the lookups that a stage of a network does.
   */
  private static final int STAGES_PER_SELECTION = 4;

  /** More than that are never selected one after the other: each takes some forty relations. */
  private static final int MOST_SELECTED = 512;

  /**
   * The greater and the lesser elements of all pairs, the lesser ones negated too, and both in one.
   */
  private static final int ELEMENTS_PER_STAGE = 3;

  private final IntegerValues values;
  private final ComparisonLowering comparisons;

  TopKLowering(IntegerValues values) {
    this.values = values;
    this.comparisons = new ComparisonLowering(values);
  }

  /**
   * The least elements of the integer program that such an op becomes: three for each of a
   * network's stages and each element that it sorts, or the elements read for each one that is
   * selected. Before anything is calibrated, this number shows whether a verifier has room for the
   * op.
   */
  public static double leastElements(TopK op) {
    int extent = op.input().shape().extent(op.axis());
    double elements = op.input().shape().elementCount();
    int levels = SortingNetwork.levels(extent);
    double sorted = elements / extent * Math.scalb(1.0, levels);
    double networks = op instanceof TopIndices ? 2 : 1;
    double network = ELEMENTS_PER_STAGE * networks * sorted * SortingNetwork.stages(levels);
    return op.k() > MOST_SELECTED ? network : Math.min(network, op.k() * elements);
  }

  /** The integers of the op's result. */
  Value of(TopK op) {
    int levels = SortingNetwork.levels(op.input().shape().extent(op.axis()));
    // Values that are sorted need no room beside themselves, indices need their bits.
    long room = op instanceof TopIndices ? WIDE >> levels : WIDE;
    if (isSorted(op, levels, room)) {
      return sorted(op, input(op, room), levels);
    }
    return selected(op, input(op, WIDE / op.k()));
  }

  private boolean isSorted(TopK op, int levels, long room) {
    int extent = op.input().shape().extent(op.axis());
    boolean isCheaper =
        (1L << levels) * 2 * SortingNetwork.stages(levels)
            < (long) STAGES_PER_SELECTION * op.k() * extent;
    // Whole numbers cannot be made to fit.
    boolean fits =
        !TensorAnalysis.isExact(op.input())
            || IntegerBuilder.interval(values.exactly(op.input())).size() < room;
    return op.k() > MOST_SELECTED || (isCheaper && fits);
  }

  private Value sorted(TopK op, Value x, int levels) {
    IntegerBuilder out = values.out();
    SortingNetwork network = new SortingNetwork(out);
    Value largest = network.largest(x, op.axis(), op.k());
    return switch (op) {
      case TopValues _ -> largest;
      case TopIndices _ -> {
        long count = 1L << levels;
        int extent = op.input().shape().extent(op.axis());
        double scale = x.integerType().scale();
        Value fromEnd = along(op, extent, scale, j -> (int) count - 1 - j);
        Value keys = out.add(out.scale(x, count, scale), fromEnd);
        Value ofLargest = network.largest(keys, op.axis(), op.k());
        Value rest = out.subtract(ofLargest, out.scale(largest, count, scale));
        // Intervals do not show that nothing is cut here.
        Value number = out.requantize(out.scale(rest, 1, 1), 0, 0, count - 1);
        yield out.scale(comparisons.plus(number, 1 - count), -1, 1);
      }
    };
  }

  private Value selected(TopK op, Value x) {
    int extent = op.input().shape().extent(op.axis());
    Value left = x;
    Value numbers = along(op, extent, 1, j -> j);
    long span = IntegerBuilder.interval(left).size();
    List<Value> out = new ArrayList<>();
    for (int k = 0; k < op.k(); k++) {
      Value max = values.out().windowMax(left, op.axis(), 1, extent, 1, 1, 0);
      boolean isLast = k == op.k() - 1;
      switch (op) {
        case TopIndices _ -> {
          Value index = index(op, left, max, extent);
          out.add(index);
          left = isLast ? left : without(left, numbers, index, span);
        }
        case TopValues _ -> {
          out.add(max);
          left = isLast ? left : without(left, numbers, index(op, left, max, extent), span);
        }
      }
    }
    return out.size() == 1 ? out.getFirst() : values.out().concatenate(out, op.axis());
  }

  /** The integers, whose interval has fewer than {@code room}. */
  private Value input(TopK op, long room) {
    boolean isExact = TensorAnalysis.isExact(op.input());
    Value integers = values.exactly(op.input());
    Interval all = IntegerBuilder.interval(integers);
    if (all.size() < room) {
      return integers;
    }
    if (isExact) {
      throw new UserException(
          op.location(),
          "the %d largest of integers in [%d, %d] cannot be proved, the range is too wide"
              .formatted(op.k(), all.low(), all.high()));
    }
    // The finest units in which there is room for what calibration saw, and for a table of all.
    double unit = integers.integerType().scale();
    double greatest = values.classes().greatest(op.input());
    int shift = 0;
    while (all.shiftRounded(shift).size() >= MOST_ROWS
        || 2 * greatest / Math.scalb(unit, shift) + 1 >= room) {
      shift++;
    }
    long reach = (long) Math.ceil(greatest / Math.scalb(unit, shift)) + 1;
    Interval shifted = all.shiftRounded(shift);
    Interval kept = new Interval(Math.max(shifted.low(), -reach), Math.min(shifted.high(), reach));
    return values.out().requantize(integers, shift, kept.low(), kept.high());
  }

  private Value index(TopK op, Value x, Value max, int extent) {
    IntegerBuilder out = values.out();
    Value below = out.subtract(out.broadcast(max, x.shape()), x);
    Value attained = comparisons.of(below, Comparison.LESS_EQUAL);
    Value fromEnd = out.multiply(attained, along(op, extent, 1, j -> extent - j));
    Value greatest = out.windowMax(fromEnd, op.axis(), 1, extent, 1, 1, 0);
    return out.scale(comparisons.plus(greatest, -extent), -1, 1);
  }

  /**
   * The elements with the one at the index set below all: less {@code span}, which is above the
   * difference of any two of them, where the number is the index.
   */
  private Value without(Value x, Value numbers, Value index, long span) {
    IntegerBuilder out = values.out();
    Value apart = out.subtract(numbers, out.broadcast(index, numbers.shape()));
    Value taken = comparisons.of(apart, Comparison.EQUAL);
    return out.subtract(x, out.scale(taken, span, x.integerType().scale()));
  }

  /** Numbers along the axis, as a parameter. */
  private Value along(TopK op, int extent, double scale, IntUnaryOperator number) {
    IntegerBuilder out = values.out();
    long[] elements = IntStream.range(0, extent).map(number).asLongStream().toArray();
    Value parameter =
        out.parameter(
            values.parameters().unique("indices"),
            IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(extent), elements)),
            scale);
    Shape shape = op.input().shape();
    List<Integer> extents = new ArrayList<>(Collections.nCopies(shape.rank(), 1));
    extents.set(op.axis(), extent);
    return out.broadcast(out.reshape(parameter, new Shape(extents)), shape);
  }
}
