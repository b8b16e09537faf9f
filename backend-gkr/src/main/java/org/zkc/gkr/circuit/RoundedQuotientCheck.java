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
    require(q.bits() >= 1 && q.bits() <= CircuitLimits.QUOTIENT_BITS, "bits out of range");
    require(n.low() >= 0, "the numerator reaches " + n.low());
    require(den.low() >= 1, "the denominator reaches " + den.low());
    require(
        state.degree(q.denominator()) + 1 <= CircuitLimits.DEGREE,
        "multiplicative degree above " + CircuitLimits.DEGREE);
    long scale = 1L << q.bits() + 1;
    int remainderBits = RoundedQuotient.remainderBits(den);
    long range = (1L << remainderBits) - 1;
    long most = Math.addExact(Math.multiplyExact(scale, n.high()), den.high());
    long least = den.low() - 2 * den.high() * (1L << q.bits());
    require((scale + 2) * den.high() < P, "(2^bits + 1) 2 d must stay below p");
    require(most < P && range - least < P, "window condition: the remainder wraps around p");
    require(
        2 * den.high() - 1 < P && range - (2 * den.low() - 1 - range) < P,
        "window condition: 2d - 1 - rem wraps around p");
    state.look(d, 1 + 2 * RoundedQuotient.limbs(remainderBits).size());
    return new Interval(0, 1L << q.bits());
  }
}
