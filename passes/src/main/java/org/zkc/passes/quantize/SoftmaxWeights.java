package org.zkc.passes.quantize;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The weights of a softmax inside a network before they are divided by their sum, in integers: with
 * x the scores on a grid, m = max x exactly, e = roundHalfEven(2^k exp(x - m)) by table, S = sum e.
 * S is 2^k at least, since the largest score gives 2^k.
 *
 * <p>A mask takes so much off the scores that it excludes that they are never the largest and their
 * exponentials are 0 in the table: what a proof states then is a sum over the included ones. Scores
 * of a line of which a computed mask includes nothing are made 0, so that all shares are equal.
 */
final class SoftmaxWeights {
  /** The greatest magnitude of scores on their grid. */
  private static final long REACH = (1 << 12) - 1;

  /**
   * The most rows of the table that brings exact scores to the grid, where a coarser one will do.
   */
  private static final long ROWS = 1 << 16;

  /** The same of a program whose precision is generous. */
  private static final long GENEROUS_ROWS = 1 << 18;

  /** The grid is not made coarser than this for the sake of fewer rows. */
  private static final double COARSEST = 0.25;

  private final IntegerBuilder out;
  private final Value exponentials;
  private final Value sum;

  private SoftmaxWeights(IntegerBuilder out, Value exponentials, Value sum) {
    this.out = out;
    this.exponentials = exponentials;
    this.sum = sum;
  }

  /** 2^k exp(x - max), of the scores' shape. */
  Value exponentials() {
    return exponentials;
  }

  /** The sum along the axis, of extent 1 there, broadcast to a shape. */
  Value sum(Shape shape) {
    return out.broadcast(sum, shape);
  }

  /**
   * The weights of scores.
   *
   * @param mask i1, of the scores' shape, 1 for what is included
   * @param bits of the exponentials, k
   */
  static SoftmaxWeights of(
      Value scores,
      Optional<Value> mask,
      int axis,
      int bits,
      IntegerValues values,
      Accumulators accumulators,
      Precision precision,
      Location location) {
    Value x =
        onGrid(scores, wantedStep(precision), mostRows(precision), values, accumulators, location);
    return ofGrid(x, mask, axis, bits, values);
  }

  /** The weights of scores on a grid. */
  static SoftmaxWeights ofGrid(
      Value grid, Optional<Value> mask, int axis, int bits, IntegerValues values) {
    IntegerBuilder out = values.out();
    Value x = mask.isPresent() ? masked(grid, mask.get(), axis, bits, values) : grid;
    int extent = x.shape().extent(axis);
    Value max = out.broadcast(out.windowMax(x, axis, 1, extent, 1, 1, 0), x.shape());
    Value difference = out.subtract(x, max);
    TableEntries entries =
        TableEntries.of(
            StrictMath::exp,
            difference.integerType().scale(),
            IntegerBuilder.interval(difference).low(),
            0,
            new Quantum(Math.scalb(1.0, -bits), 0, 1L << bits));
    Value e = out.table(difference, entries.first(), entries.data(), Math.scalb(1.0, -bits));
    Value sum =
        out.windowSum(e, axis, List.of(0), List.of(extent), List.of(1), Math.scalb(1.0, -bits));
    return new SoftmaxWeights(out, e, sum);
  }

  /** The most rows of the table that brings exact scores to the grid. */
  static long mostRows(Precision precision) {
    return precision.isGenerous() ? GENEROUS_ROWS : ROWS;
  }

  /** The step of scores whose exponentials are weights. */
  static double wantedStep(Precision precision) {
    return Math.scalb(1.0, -precision.ofScores());
  }

  /**
   * Scores as integers of at most 13 bits with sign; exact integers are only shifted.
   *
   * @param finest step of the grid, which is coarser where the range of scores is large
   * @param rows beyond which a table makes the grid coarser
   */
  static Value onGrid(
      Value scores,
      double finest,
      long rows,
      IntegerValues values,
      Accumulators accumulators,
      Location location) {
    double magnitude =
        Math.min(values.classes().greatest(scores), values.analysis().bounds(scores).magnitude());
    double wanted = Math.max(finest, magnitude / REACH);
    Optional<Value> exact =
        values.analysis().isDeferred(scores)
            ? accumulators.exactly(scores)
            : Optional.of(values.exactly(scores));
    if (exact.isEmpty()) {
      // A power of two, so that layers share the table of exponentials.
      double step = Math.scalb(1.0, Math.getExponent(wanted) + (isPowerOfTwo(wanted) ? 0 : 1));
      long reach = reach(magnitude, step);
      return accumulators.requantized(
          scores, new Quantum(step, -reach, reach), -reach, reach, location);
    }
    Value x = exact.get();
    Interval interval = IntegerBuilder.interval(x);
    double unit = x.integerType().scale();
    int shift =
        Math.clamp(
            (int) Math.floor(StrictMath.log(wanted / unit) / StrictMath.log(2) + 1e-9),
            0,
            FieldBounds.MAX_SHIFT - 1);
    while (interval.shiftRounded(shift).size() > rows
        && Math.scalb(unit, shift + 1) <= COARSEST
        && shift < FieldBounds.MAX_SHIFT) {
      shift++;
    }
    long reach = reach(magnitude, Math.scalb(unit, shift));
    if (shift == 0 && interval.magnitude() <= reach) {
      return x;
    }
    return values.out().requantize(x, shift, -reach, reach);
  }

  private static boolean isPowerOfTwo(double value) {
    return Math.scalb(1.0, Math.getExponent(value)) == value;
  }

  private static long reach(double magnitude, double step) {
    return (long) Math.clamp(Math.ceil(magnitude / step), 1.0, 2.0 * REACH);
  }

  /** The scores, less what makes exponentials of excluded ones 0 whatever the scores are. */
  private static Value masked(Value x, Value mask, int axis, int bits, IntegerValues values) {
    IntegerBuilder out = values.out();
    Interval interval = IntegerBuilder.interval(x);
    double step = x.integerType().scale();
    // From here on 2^bits exp(-h step) rounds to 0.
    long nothing = (long) Math.ceil((bits + 1) * StrictMath.log(2) / step) + 1;
    long penalty = interval.high() - interval.low() + nothing;
    if (values.analysis().isConstant(mask)) {
      return out.subtract(
          x, values.parameters().mapped(mask, "excluded", m -> m == 0 ? penalty : 0, step));
    }
    Value some = out.multiply(x, out.broadcast(includesSome(mask, axis, values), x.shape()));
    // Softmax does not change when all included scores grow by the same.
    return out.add(some, out.scale(values.exactly(mask), penalty, step));
  }

  /**
   * 1 for a line of which a mask includes an element, else 0; of extent 1 along the axis. It is
   * taken before the mask is repeated along other axes, where that is how it was made.
   */
  private static Value includesSome(Value mask, int axis, IntegerValues values) {
    Value source = mask;
    int along = axis;
    while (values.analysis().uses().definition(source).orElse(null) instanceof Broadcast b
        && along >= b.result().shape().rank() - b.input().shape().rank()) {
      along -= b.result().shape().rank() - b.input().shape().rank();
      source = b.input();
    }
    Value integers = values.exactly(source);
    int extent = source.shape().extent(along);
    return extent == 1 ? integers : values.out().windowMax(integers, along, 1, extent, 1, 1, 0);
  }

  /** The least L with extent < 2^L. */
  static int log(int extent) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(extent);
  }
}
