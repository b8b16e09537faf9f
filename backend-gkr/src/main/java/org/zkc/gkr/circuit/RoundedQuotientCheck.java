package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

/**
 * The conditions on a {@link RoundedQuotient}, above all that its remainder cannot wrap, and what
 * its result ranges over.
 */
final class RoundedQuotientCheck {
  private static final long P = Integer.MAX_VALUE;

  private RoundedQuotientCheck() {}

  static Interval interval(RoundedQuotient q, TensorDeclaration d, CheckState state) {
    Interval n = state.source(q.numerator());
    Interval den = state.source(q.denominator());
    require(state.tensor(q.numerator()).shape().equals(d.shape()), "the numerator's shape differs");
    require(
        state.tensor(q.denominator()).shape().equals(d.shape()), "the denominator's shape differs");
    require(q.bits() >= 0 && q.bits() <= CircuitLimits.QUOTIENT_BITS, "bits out of range");
    require(
        -Interval.BOUND < q.low() && q.low() <= q.high() && q.high() < Interval.BOUND,
        "a quotient in [" + q.low() + ", " + q.high() + "]");
    Interval range = new Interval(q.low(), q.high());
    require(
        q.high() - q.low() <= 1L << CircuitLimits.QUOTIENT_BITS,
        "the quotient's range " + range + " is too large for a table");
    require(den.high() >= 1, "the denominator is at most " + den.high());
    require(
        state.degree(q.denominator()) + 1 <= CircuitLimits.DEGREE,
        "multiplicative degree above " + CircuitLimits.DEGREE);
    long scale = 1L << q.bits() + 1;
    int remainderBits = RoundedQuotient.remainderBits(den);
    long window = (1L << remainderBits) - 1;
    // 2^(bits+1) n + d - 2 P with every operand on its own: what the equation modulo p allows.
    Interval product = den.times(range);
    long most =
        Math.subtractExact(
            Math.addExact(Math.multiplyExact(scale, n.high()), den.high()), 2 * product.low());
    long least =
        Math.subtractExact(
            Math.addExact(Math.multiplyExact(scale, n.low()), den.low()), 2 * product.high());
    require(
        most < P && Math.subtractExact(window, least) < P,
        "window condition: the remainder wraps around p");
    require(
        2 * den.high() - 1 < P && window - (2 * den.low() - 1 - window) < P,
        "window condition: 2d - 1 - rem wraps around p");
    state.look(d, 1 + 2 * RoundedQuotient.limbs(remainderBits, d.elementCount()).size());
    return range;
  }
}
