package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.SplitEq;

/**
 * sum over k of eq(z, k) [lambda (p0 q1 + p1 q0) + q0 q1](k), eq split off: a layer of a fraction
 * tree.
 */
public final class FractionTables implements LayerTables {
  private final Kernels kernels = Kernels.best();
  private final SplitEq eq;
  private final int rounds;
  private ExtVector p0;
  private ExtVector q0;
  private ExtVector p1;
  private ExtVector q1;
  private int half;

  /**
   * The numerators already multiplied by lambda; all four tables have 2^z.length values and are
   * overwritten.
   */
  public FractionTables(ExtVector p0, ExtVector q0, ExtVector p1, ExtVector q1, Ext[] z) {
    this(p0, q0, p1, q1, new SplitEq(z), z.length);
  }

  /** Tables with the last {@code rounds} variables of {@code eq} left, which are bound to it. */
  FractionTables(ExtVector p0, ExtVector q0, ExtVector p1, ExtVector q1, SplitEq eq, int rounds) {
    this.p0 = p0;
    this.q0 = q0;
    this.p1 = p1;
    this.q1 = q1;
    this.eq = eq;
    this.rounds = rounds;
    half = 1 << rounds >> 1;
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    return kernels.roundOfFractions(p0, q0, p1, q1, eq.high(), eq.low(), half);
  }

  @Override
  public void bind(Ext challenge) {
    p0 = kernels.bind(p0, half, challenge);
    q0 = kernels.bind(q0, half, challenge);
    p1 = kernels.bind(p1, half, challenge);
    q1 = kernels.bind(q1, half, challenge);
    eq.bind(challenge);
    half >>= 1;
  }

  @Override
  public Ext[] values() {
    return new Ext[] {p0.get(0), q0.get(0), p1.get(0), q1.get(0)};
  }
}
