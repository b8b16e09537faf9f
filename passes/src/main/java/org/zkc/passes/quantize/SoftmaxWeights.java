package org.zkc.passes.quantize;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The weights of a softmax inside a network before they are divided by their sum, in integers: with
 * x the scores and m = max x, e = T((m - x) >> s) by table, S = sum e. The scores are exact
 * integers, of which 2^s make a step; where there are none, or where they reach too far for a
 * table, they are requantised to steps first. S is 2^k at least, since the greatest score gives
 * 2^k.
 *
 * <p>A mask brings the scores that it excludes so far below those that it includes that they are
 * never the greatest and their exponentials are 0 in the table: what a proof states then is a sum
 * over the included ones. Where a computed mask includes nothing of a line its scores are all 0, so
 * that all shares are equal.
 */
final class SoftmaxWeights {
  /** The greatest magnitude of scores on a grid. */
  private static final long REACH = (1 << 12) - 1;

  /** The most rows of a table of exact scores, where a coarser step will do. */
  private static final long ROWS = 1 << 16;

  /** The most rows in a program whose precision is generous. */
  private static final long GENEROUS_ROWS = 1 << 18;

  /** Steps are not made coarser than this for the sake of fewer rows. */
  private static final double COARSEST = 0.25;

  /** The cost of an element's product with a mask, in lookups. */
  private static final double PRODUCT = 0.5;

  /**
   * Integers that stand for scores.
   *
   * @param shift log2 of the integers in a step
   */
  private record Scores(Value integers, int shift) {
    /** The real number that one integer stands for. */
    private double unit() {
      return integers.integerType().scale();
    }

    /** The greatest difference of two of them, in integers. */
    private long span() {
      Interval interval = IntegerBuilder.interval(integers);
      return interval.high() - interval.low();
    }

    /** The difference from which on an exponential of so many bits is 0 in the table. */
    private long far(int bits) {
      double step = Math.scalb(unit(), shift);
      return (long) Math.ceil((bits + 1) * StrictMath.log(2) / step) + 1 << shift;
    }

    /** The interval of scores from which a mask takes so much that they do not count. */
    private Interval penalized(int bits) {
      Interval interval = IntegerBuilder.interval(integers);
      return new Interval(interval.low() - span() - far(bits), interval.high());
    }
  }

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
    double finest = wantedStep(precision);
    long rows = mostRows(precision);
    Scores x =
        exactly(scores, finest, rows, values, accumulators)
            .filter(exact -> fits(reached(exact, mask, bits, values), exact.shift))
            .orElseGet(
                () -> new Scores(onGrid(scores, finest, rows, values, accumulators, location), 0));
    return of(x, mask, axis, bits, values);
  }

  /** The weights of scores on a grid. */
  static SoftmaxWeights ofGrid(
      Value grid, Optional<Value> mask, int axis, int bits, IntegerValues values) {
    return of(new Scores(grid, 0), mask, axis, bits, values);
  }

  private static SoftmaxWeights of(
      Scores scores, Optional<Value> mask, int axis, int bits, IntegerValues values) {
    IntegerBuilder out = values.out();
    Value x = mask.isPresent() ? masked(scores, mask.get(), bits, values) : scores.integers;
    double unit = Math.scalb(1.0, -bits);
    TensorData entries =
        ExponentialEntries.of(
            scores.unit(),
            scores.shift,
            IntegerRules.rows(IntegerBuilder.interval(x), scores.shift),
            new Quantum(unit, 0, 1L << bits));
    Value e = out.exponentials(x, axis, scores.shift, entries, unit);
    int extent = x.shape().extent(axis);
    Value sum = out.windowSum(e, axis, List.of(0), List.of(extent), List.of(1), unit);
    return new SoftmaxWeights(out, e, sum);
  }

  /** The most rows of a table of scores, where a coarser step will do. */
  static long mostRows(Precision precision) {
    return precision.isGenerous() ? GENEROUS_ROWS : ROWS;
  }

  /** The step of scores whose exponentials are weights. */
  static double wantedStep(Precision precision) {
    return Math.scalb(1.0, -precision.ofScores());
  }

  /** Exact scores and what is a step of them; empty where the scores are no integers. */
  private static Optional<Scores> exactly(
      Value scores, double finest, long rows, IntegerValues values, Accumulators accumulators) {
    Optional<Value> exact =
        values.analysis().isDeferred(scores)
            ? accumulators.exactly(scores)
            : Optional.of(values.exactly(scores));
    return exact.map(x -> new Scores(x, shift(x, wanted(scores, finest, values), rows)));
  }

  /** The step that scores should have: in units of it they are no greater than REACH. */
  private static double wanted(Value scores, double finest, IntegerValues values) {
    return Math.max(finest, magnitude(scores, values) / REACH);
  }

  private static double magnitude(Value scores, IntegerValues values) {
    return Math.min(
        values.classes().greatest(scores), values.analysis().bounds(scores).magnitude());
  }

  /** log2 of the integers of a step: as many as are wanted, and more for the sake of fewer rows. */
  private static int shift(Value x, double wanted, long rows) {
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
    return shift;
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
    double magnitude = magnitude(scores, values);
    Optional<Scores> exact = exactly(scores, finest, rows, values, accumulators);
    if (exact.isEmpty()) {
      double wanted = wanted(scores, finest, values);
      // A power of two, so that layers share the table of exponentials.
      double step = Math.scalb(1.0, Math.getExponent(wanted) + (isPowerOfTwo(wanted) ? 0 : 1));
      long reach = reach(magnitude, step);
      return accumulators.requantized(
          scores, new Quantum(step, -reach, reach), -reach, reach, location);
    }
    Value x = exact.get().integers;
    int shift = exact.get().shift;
    long reach = reach(magnitude, Math.scalb(x.integerType().scale(), shift));
    if (shift == 0 && IntegerBuilder.interval(x).magnitude() <= reach) {
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

  // ---- masks

  /** Scores whose excluded elements have exponentials of 0, whatever the other scores are. */
  private static Value masked(Scores scores, Value mask, int bits, IntegerValues values) {
    IntegerBuilder out = values.out();
    Value x = scores.integers;
    if (!isFactor(scores, mask, bits, values)) {
      long penalty = scores.span() + scores.far(bits);
      return out.subtract(
          x,
          values.parameters().mapped(mask, "excluded", m -> m == 0 ? penalty : 0, scores.unit()));
    }
    // Softmax does not change when all included scores grow by the same.
    long least = scores.far(bits) - IntegerBuilder.interval(x).low();
    IntegerWeights one =
        IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {least}));
    Value raised =
        out.parameter(values.parameters().unique(mask.name() + ".raise"), one, scores.unit());
    Value included =
        values.analysis().isConstant(mask)
            ? values.parameters().mapped(mask, "included", m -> m == 0 ? 0 : 1, 1)
            : values.exactly(mask);
    return out.multiply(out.add(x, out.broadcast(raised, x.shape())), included);
  }

  /**
   * Whether a mask is a factor of scores that are all positive, or else a penalty that is
   * subtracted from the excluded scores. A factor costs a product, a penalty makes the table twice
   * as long.
   */
  private static boolean isFactor(Scores scores, Value mask, int bits, IntegerValues values) {
    return !values.analysis().isConstant(mask)
        || scores.span() >> scores.shift > PRODUCT * mask.shape().elementCount()
        || !fits(scores.penalized(bits), scores.shift);
  }

  /** The interval of masked scores. */
  private static Interval reached(
      Scores scores, Optional<Value> mask, int bits, IntegerValues values) {
    if (mask.isEmpty()) {
      return IntegerBuilder.interval(scores.integers);
    }
    return isFactor(scores, mask.get(), bits, values)
        ? new Interval(0, scores.span() + scores.far(bits))
        : scores.penalized(bits);
  }

  /** Whether a table of what lies in an interval is allowed. */
  private static boolean fits(Interval interval, int shift) {
    long rows = IntegerRules.rows(interval, shift);
    return interval.isInsideLimit()
        && rows <= FieldBounds.MAX_TABLE_ROWS
        && (rows << shift) + interval.size() < FieldBounds.ORDER;
  }

  /** The least L with extent < 2^L. */
  static int log(int extent) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(extent);
  }
}
