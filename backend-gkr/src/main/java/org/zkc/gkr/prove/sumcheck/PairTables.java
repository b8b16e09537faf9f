package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/** sum over x of f(x) g(x). */
public final class PairTables implements SumcheckTables {
  private final Kernels kernels = Kernels.best();
  private final int rounds;
  private ExtVector f;
  private ExtVector g;
  private int half;

  /** Tables of {@code rounds} variables, or real prefixes of them; both are overwritten. */
  public PairTables(ExtVector f, ExtVector g, int rounds) {
    this.f = f;
    this.g = g;
    this.rounds = rounds;
    half = 1 << rounds >> 1;
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    return kernels.roundOfTwo(f, g, half);
  }

  @Override
  public void bind(Ext challenge) {
    f = kernels.bind(f, half, challenge);
    g = kernels.bind(g, half, challenge);
    half >>= 1;
  }

  /** f at the point of all challenges. */
  public Ext f() {
    return f.get(0);
  }

  public Ext g() {
    return g.get(0);
  }
}
