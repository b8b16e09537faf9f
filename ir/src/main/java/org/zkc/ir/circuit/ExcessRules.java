package org.zkc.ir.circuit;

import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Value;

/**
 * The interval of a x + b T(x), where T is a requantisation of the same x through a table. Each row
 * of the table names a range of x, so the sum has bounds row by row, and lies in their hull. The
 * hull is narrower than the interval that follows from those of x and T(x). An excess is taken off
 * a column in this form, x - 2^t T(x), which leaves a narrow column.
 */
final class ExcessRules {
  private ExcessRules() {}

  /** The interval; empty where the sum is of another form. */
  static Optional<Interval> of(Sum sum, Function<Value, Optional<Op>> definition) {
    if (sum.inputs().size() != 2) {
      return Optional.empty();
    }
    for (int k = 0; k < 2; k++) {
      Value table = sum.inputs().get(k);
      Value x = sum.inputs().get(1 - k);
      if (definition.apply(table).orElse(null) instanceof RequantizeTable t
          && t.input().equals(x)) {
        Interval reached = rows(t, sum.coefficients().get(1 - k), sum.coefficients().get(k));
        return Optional.of(reached.plus(Interval.point(sum.constant())));
      }
    }
    return Optional.empty();
  }

  /** The interval of a x + b T(x) over all rows that x reaches. */
  private static Interval rows(RequantizeTable t, long a, long b) {
    Interval x = Interval.of(t.input().columnType());
    Interval window = x.shiftRounded(t.shift());
    long half = t.shift() == 0 ? 0 : 1L << (t.shift() - 1);
    long last = t.entries().elementCount() - 1;
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (long h = window.low(); h <= window.high(); h++) {
      long first = (h << t.shift()) - half;
      Interval row =
          new Interval(Math.max(x.low(), first), Math.min(x.high(), first + (1L << t.shift()) - 1));
      long entry = t.entries().getLong(Math.toIntExact(Math.clamp(h - t.first(), 0L, last)));
      Interval sum = row.times(a).plus(Interval.point(Math.multiplyExact(b, entry)));
      least = Math.min(least, sum.low());
      most = Math.max(most, sum.high());
    }
    return new Interval(least, most);
  }
}
