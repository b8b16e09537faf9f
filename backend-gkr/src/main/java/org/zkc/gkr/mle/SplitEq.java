package org.zkc.gkr.mle;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * eq(point, .) as a product of two short tables for a sumcheck that binds the highest variable
 * first (Dao and Thaler 2024): eq over the variables after the current one is high(k / L) low(k mod
 * L), L = low().length(). The factor of the bound variables and the current one is kept by {@link
 * #bound} and {@link #current}; the round polynomial is bound * eq(current, t) * h(t) with h one
 * degree lower (Gruen 2024).
 */
public final class SplitEq {
  /** Variables that the low table has at least where there are so many: loops over it are short. */
  private static final int LEAST_LOW = 8;

  private final Ext[] point;
  private final ExtVector[] highs;
  private final ExtVector[] lows;
  private int round;
  private Ext bound = Ext.ONE;

  public SplitEq(Ext[] point) {
    this.point = point.clone();
    int rounds = point.length;
    int lowVariables = Math.max(rounds / 2, Math.min(rounds, LEAST_LOW));
    highs = new ExtVector[rounds];
    lows = new ExtVector[rounds];
    ExtVector one = ExtVector.of(Ext.ONE);
    for (int j = 0; j < rounds; j++) {
      int split = rounds - lowVariables;
      highs[j] = j + 1 < split ? EqTable.of(Arrays.copyOfRange(point, j + 1, split)) : one;
      lows[j] =
          j + 1 <= split && j > 0
              ? lows[j - 1]
              : EqTable.of(Arrays.copyOfRange(point, Math.max(j + 1, split), rounds));
    }
  }

  /** eq over the higher of the variables after the current one. */
  public ExtVector high() {
    return highs[round];
  }

  /** eq over the lower of the variables after the current one. */
  public ExtVector low() {
    return lows[round];
  }

  /** The coordinate of the current variable. */
  public Ext current() {
    return point[round];
  }

  /** eq(point, challenges) over the variables bound so far. */
  public Ext bound() {
    return bound;
  }

  /** bound() * eq(current(), t). */
  public Ext factorAt(Ext t) {
    return bound.mul(Mle.eqAt(current(), t));
  }

  /** Moves past the current variable, bound to {@code challenge}. */
  public void bind(Ext challenge) {
    bound = factorAt(challenge);
    round++;
  }

  public boolean isDone() {
    return round == point.length;
  }
}
