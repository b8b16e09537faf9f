package org.zkc.ir.circuit;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Value;

/**
 * The interval of a x + b T(x), where T is a requantisation of the same x through a table. Each row
 * of the table names a range of x, so the sum has bounds row by row, and lies in their hull. The
 * hull is narrower than the interval that follows from those of x and T(x). An excess is taken off
 * a column in this form, x - 2^t T(x), which leaves a narrow column; so is the upper limb of one,
 * whose table is the identity.
 */
public final class ExcessRules {
  private ExcessRules() {}

  /** The interval; empty where the sum is of another form. */
  public static Optional<Interval> of(Sum sum, Function<Value, Optional<Op>> definition) {
    if (sum.inputs().size() != 2) {
      return Optional.empty();
    }
    for (int k = 0; k < 2; k++) {
      Value table = sum.inputs().get(k);
      Value x = sum.inputs().get(1 - k);
      Optional<Rows> rows = definition.apply(table).flatMap(op -> Rows.of(op, x));
      if (rows.isPresent()) {
        Interval reached =
            rows.get().hull(sum.coefficients().get(1 - k), sum.coefficients().get(k));
        return Optional.of(reached.plus(Interval.point(sum.constant())));
      }
    }
    return Optional.empty();
  }

  /**
   * The rows of T, each with the x that it is for.
   *
   * @param entry T's, of h = (x + half) >> shift
   */
  private record Rows(Interval x, int shift, LongUnaryOperator entry) {
    /** The rows where an op requantises x. */
    private static Optional<Rows> of(Op op, Value x) {
      Interval reached = Interval.of(x.columnType());
      if (op instanceof RequantizeTable t && t.input().equals(x)) {
        long last = t.entries().elementCount() - 1;
        return Optional.of(
            new Rows(
                reached,
                t.shift(),
                h -> t.entries().getLong(Math.toIntExact(Math.clamp(h - t.first(), 0L, last)))));
      }
      return op instanceof Requantize r && r.input().equals(x)
          ? Optional.of(new Rows(reached, r.shift(), h -> Math.clamp(h, r.low(), r.high())))
          : Optional.empty();
    }

    /** The interval of a x + b T(x). */
    private Interval hull(long a, long b) {
      Interval window = x.shiftRounded(shift);
      long half = shift == 0 ? 0 : 1L << (shift - 1);
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (long h = window.low(); h <= window.high(); h++) {
        long first = (h << shift) - half;
        Interval row =
            new Interval(Math.max(x.low(), first), Math.min(x.high(), first + (1L << shift) - 1));
        Interval sum =
            row.times(a).plus(Interval.point(Math.multiplyExact(b, entry.applyAsLong(h))));
        least = Math.min(least, sum.low());
        most = Math.max(most, sum.high());
      }
      return new Interval(least, most);
    }
  }
}
