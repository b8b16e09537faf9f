package org.zkc.ir.integer;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Value;

/**
 * Integers less a function of their own upper bits, x - 2^s T(x), where T is a requantisation of x
 * by s bits, or a table of one. Where T is the requantisation alone the difference is the lower
 * limb of x, in [-2^(s-1), 2^(s-1)); where it is an excess, the difference is x brought near to
 * what a clamp keeps. The intervals of x and T(x), each for itself, would allow all of 2 x. The
 * circuit's rules and the verifier's bound the same form row by row.
 */
public final class RemainderRules {
  private RemainderRules() {}

  /**
   * T of x, by which x is made smaller.
   *
   * @param entry of h = (x + half) >> shift
   */
  public record Upper(Value input, Value result, int shift, LongUnaryOperator entry) {

    /** The interval of x - 2^shift T(x). */
    Interval left() {
      Interval x = Interval.of(input.integerType());
      Interval rows = x.shiftRounded(shift);
      long half = shift == 0 ? 0 : 1L << (shift - 1);
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (long h = rows.low(); h <= rows.high(); h++) {
        long taken = Math.multiplyExact(entry.applyAsLong(h), 1L << shift);
        long first = (h << shift) - half;
        least = Math.min(least, Math.subtractExact(Math.max(x.low(), first), taken));
        long last = first + (1L << shift) - 1;
        most = Math.max(most, Math.subtractExact(Math.min(x.high(), last), taken));
      }
      return new Interval(least, most);
    }
  }

  /**
   * The function of upper bits that a difference takes off; empty where it is another difference.
   *
   * @param definition the op that defines a value
   */
  public static Optional<Upper> upper(
      Subtract difference, Function<Value, Optional<Op>> definition) {
    return definition
        .apply(difference.right())
        .filter(op -> op instanceof Scale)
        .map(Scale.class::cast)
        .flatMap(s ->
            definition
                .apply(s.input())
                .flatMap(RemainderRules::upper)
                .filter(u -> u.input.equals(difference.left()) && s.factor() == 1L << u.shift));
  }

  private static Optional<Upper> upper(Op op) {
    if (op instanceof Requantize r) {
      return Optional.of(
          new Upper(r.input(), r.result(), r.shift(), h -> Math.clamp(h, r.low(), r.high())));
    }
    if (op instanceof RequantizeTable t) {
      long last = t.entries().elementCount() - 1;
      return Optional.of(
          new Upper(
              t.input(),
              t.result(),
              t.shift(),
              h -> t.entries().getLong(Math.toIntExact(Math.clamp(h - t.first(), 0L, last)))));
    }
    return Optional.empty();
  }
}
