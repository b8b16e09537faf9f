package org.zkc.ir.integer;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;

/**
 * Bounds on the 2-norms of a tensor's lines along its last axis. A normalised tensor has such a
 * bound, and keeps it under a requantisation by a clamp that holds 0 and under line by line moves.
 * A linear map of a line x reaches |w| |x| at most (Cauchy and Schwarz). docs/protocol.md section
 * 2.
 */
public final class LineNorms {
  private LineNorms() {}

  /** The bound for a value of the integer level; empty where there is none. */
  public static OptionalLong of(Value value, Function<Value, Optional<Op>> definition) {
    Op op = definition.apply(value).orElse(null);
    if (op instanceof Normalize n) {
      Shape shape = n.input().shape();
      Interval norm =
          NormRules.norm(
              Interval.of(n.input().integerType()),
              shape.extent(shape.rank() - 1),
              n.constant(),
              n.exponents());
      return OptionalLong.of(normalized(norm, n.constant(), Normalize.BITS));
    }
    if (op instanceof Requantize r) {
      return requantized(of(r.input(), definition), value.shape(), r.shift(), r.low(), r.high());
    }
    return op instanceof UnaryView v && leavesLines(v)
        ? of(v.input(), definition)
        : OptionalLong.empty();
  }

  /**
   * The bound for what is normalised: with c the constant, y the root of V = |x|^2 + c rounded down
   * and r the reciprocal of y, |x|^2 is at most y^2 + 2y - c, so |x| / y at most sqrt(1 + 1/c), and
   * y r at most 2^bits + y / 2.
   *
   * @param norm the interval of y
   */
  public static long normalized(Interval norm, long constant, int bits) {
    long most = (1L << bits) + norm.high() / 2 + 1;
    // Two roundings of doubles to 2^-52 each of a number below 2^31: 1 covers them.
    return (long) Math.ceil(most * Math.sqrt(1 + 1.0 / constant)) + 1;
  }

  /**
   * The bound for a line that is shifted, rounded and cut to [low, high]: rounding moves an element
   * of n by 1/2 at most, the line by sqrt(n) / 2; a cut to an interval around 0 moves none away
   * from 0.
   */
  public static OptionalLong requantized(
      OptionalLong of, Shape shape, int shift, long low, long high) {
    if (of.isEmpty() || low > 0 || high < 0) {
      return OptionalLong.empty();
    }
    if (shift == 0) {
      return of;
    }
    long shifted = (of.getAsLong() + (1L << shift) - 1) >> shift;
    return OptionalLong.of(shifted + (NormRules.root(shape.extent(shape.rank() - 1)) + 2) / 2);
  }

  /** Whether every line of the view's result is one of its input. */
  public static boolean leavesLines(UnaryView view) {
    int from = view.input().shape().rank() - 1;
    int to = view.result().shape().rank() - 1;
    boolean same =
        from >= 0
            && to >= 0
            && view.input().shape().extent(from) == view.result().shape().extent(to);
    return same
        && switch (view) {
          case Reshape r -> true;
          case Transpose t -> t.permutation().get(to) == from;
          case Slice s -> true;
          case Pad p -> false;
          case Broadcast b -> false;
        };
  }

  /** The interval of sums of products of a line with weights of bounded 2-norm. */
  public static Interval within(Interval sums, OptionalLong line, long weights) {
    if (line.isEmpty()) {
      return sums;
    }
    long most = Math.multiplyExact(line.getAsLong(), weights);
    return sums.clamp(-most, most);
  }
}
