package org.zkc.passes.quantize;

import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Domain;
import org.zkc.ir.tensor.Range;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The inputs of tables of functions whose slope depends on where they are taken, as that of exp,
 * and of functions that do not take every number, as log. Step and ends come from the range that
 * calibration saw, with its margin, from what is certain about the input, and from the function's
 * domain. A table that is read beyond its ends gives the value at the end.
 */
final class PointwiseLowering {
  /** The most rows, as a power of two: a finer step is not worth more. */
  private static final int MOST_ROWS = 14;

  /** The fewest rows, as a power of two, where the function is nearly constant. */
  private static final int FEWEST_ROWS = 6;

  /**
   * The most rows, as a power of two, of the requantisation to a table's own step: it has one for
   * every step of what the exact integers could be.
   */
  private static final int MOST_REQUANTISED_ROWS = 16;

  /** The fewest rows, as a power of two, that are left to a table for that. */
  private static final int FEWEST_REQUANTISED_ROWS = 10;

  /** The least bits of the input, as {@link Precision#ofTableInput} counts them. */
  private static final int LEAST_BITS = 10;

  /** The same where the table is larger than its program. */
  private static final int SPARED_BITS = 8;

  /** Stretches of the calibrated range that slopes are taken over. */
  private static final int STRETCHES = 1 << 10;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final Ranges ranges;
  private final Precision precision;

  PointwiseLowering(
      IntegerValues values, Accumulators accumulators, Ranges ranges, Precision precision) {
    this.values = values;
    this.accumulators = accumulators;
    this.ranges = ranges;
    this.precision = precision;
  }

  /** Integers, and which of them have entries of their own: those from first to last. */
  record TableInput(Value integers, long first, long last) {}

  TableInput of(Activation op) {
    Ranges.Range seen = ranges.of(op.input());
    Domain domain = op.domain(new Range(seen.min(), seen.max()));
    boolean deferred = values.analysis().isDeferred(op.input());
    if (!deferred) {
      Value integers = values.exactly(op.input());
      Interval interval = IntegerBuilder.interval(integers);
      if (interval.size() <= 1L << MOST_ROWS) {
        double scale = integers.integerType().scale();
        Multiples kept = Multiples.in(domain, scale, interval.low(), interval.high());
        return new TableInput(integers, kept.first, kept.last);
      }
    }
    ValueBounds.Bounds bounds = values.analysis().bounds(op.input());
    double margin =
        seen.magnitude() == 0 ? 1 : values.classes().greatest(op.input()) / seen.magnitude();
    double low = Math.max(Math.min(0, margin * seen.min()), Math.max(bounds.low(), domain.low()));
    double high =
        Math.min(Math.max(0, margin * seen.max()), Math.min(bounds.high(), domain.high()));
    double sums = deferred ? accumulators.reach(op.input()) : 0;
    if (precision.isWide()) {
      low += flat(op, low, high);
      high -= flat(op, high, low);
    }
    double step = low < high ? step(op, seen, domain, high - low, sums) : 1;
    if (!deferred) {
      double scale = values.exactly(op.input()).integerType().scale();
      double reach = IntegerBuilder.interval(values.exactly(op.input())).size() * scale;
      double affordable = Math.scalb(1.0, Math.getExponent(reach) + 1 - MOST_REQUANTISED_ROWS);
      double coarsest = Math.scalb(1.0, Math.getExponent(high - low) - FEWEST_REQUANTISED_ROWS);
      step = Math.max(scale, Math.max(step, Math.min(affordable, coarsest)));
    }
    Multiples kept =
        Multiples.in(domain, step, (long) Math.ceil(low / step), (long) Math.floor(high / step));
    Quantum q = new Quantum(step, kept.first, kept.last);
    Value integers =
        deferred
            ? accumulators.requantized(op.input(), q, q.low(), q.high(), op.location())
            : Rescaling.apply(values.out(), values.exactly(op.input()), q, q.low(), q.high());
    return new TableInput(integers, kept.first, kept.last);
  }

  /**
   * The length of the part of a table, from one end towards the other, in which the function is the
   * same but for half a step of its result: an exponential beyond what is 0. The rows are better
   * spent on the rest where there are too few.
   */
  private double flat(Activation op, double end, double other) {
    double half = values.classes().quantum(op.result()).scale() / 2;
    double stretch = (other - end) / STRETCHES;
    double value = op.operator().applyAsDouble(end);
    int count = 0;
    while (count < STRETCHES - 1
        && Math.abs(op.operator().applyAsDouble(end + (count + 1) * stretch) - value) <= half) {
      count++;
    }
    return count * Math.abs(stretch);
  }

  /** Multiples of a step, from the first to the last. */
  private record Multiples(long first, long last) {

    /** The integers from first to last that lie in the domain; at least one is kept. */
    private static Multiples in(Domain domain, double step, long first, long last) {
      long from = first;
      long to = Math.max(first, last);
      while (from < to && !domain.contains(from * step)) {
        from++;
      }
      while (to > from && !domain.contains(to * step)) {
        to--;
      }
      return new Multiples(from, to);
    }
  }

  /**
   * A power of two, so that layers share tables: fine enough for the result's precision where the
   * function is steepest in the calibrated range, within the numbers of rows that there may be.
   *
   * @param length of the interval that the table holds, positive
   * @param sums the greatest magnitude of the sums that the table reads, 0 where it reads none
   */
  private double step(Activation op, Ranges.Range seen, Domain domain, double length, double sums) {
    Quantum result = values.classes().quantum(op.result());
    double range = ActivationLowering.resultRange(op, result);
    int spared =
        Math.max(SPARED_BITS, precision.ofTableInput(range, ranges.of(op.result()).variation()));
    int bits = Math.max(LEAST_BITS, spared);
    int whole = Math.getExponent(length);
    double slope = slope(op, seen, domain);
    int wanted = slope > 0 ? Math.getExponent(range / slope) - bits : whole;
    boolean isCompared = values.analysis().decisive().isCompared(op.result());
    for (int less = bits - spared;
        less > 0 && !isCompared && values.classes().isWasteful(sums / Math.scalb(1.0, wanted));
        less--) {
      wanted++;
    }
    return Math.scalb(1.0, Math.clamp(wanted, whole + 1 - MOST_ROWS, whole - FEWEST_ROWS));
  }

  /** The steepest slope over stretches of the calibrated range; 0 where there is none. */
  private static double slope(Activation op, Ranges.Range seen, Domain domain) {
    double stretch = (seen.max() - seen.min()) / STRETCHES;
    double steepest = 0;
    DoubleUnaryOperator function = op.operator();
    for (int i = 0; i < STRETCHES && stretch > 0; i++) {
      double from = seen.min() + i * stretch;
      double to = seen.min() + (i + 1) * stretch;
      if (domain.contains(from) && domain.contains(to)) {
        steepest =
            Math.max(
                steepest,
                Math.abs(function.applyAsDouble(to) - function.applyAsDouble(from)) / stretch);
      }
    }
    return steepest;
  }
}
