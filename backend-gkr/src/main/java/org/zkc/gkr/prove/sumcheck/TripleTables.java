package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;

/** sum over x of w(x) f(x) g(x). */
public final class TripleTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final int rounds;
  private ExtVector w;
  private ExtVector f;
  private ExtVector g;
  private int half;

  /** Tables of {@code rounds} variables, or real prefixes of them; all are overwritten. */
  public TripleTables(ExtVector w, ExtVector f, ExtVector g, int rounds, Workers workers) {
    kernels = new SplitKernels(workers);
    this.w = w;
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
    return kernels.roundOfThree(w, f, g, half);
  }

  @Override
  public void bind(Ext challenge) {
    w = kernels.bind(w, half, challenge);
    f = kernels.bind(f, half, challenge);
    g = kernels.bind(g, half, challenge);
    half >>= 1;
  }

  public Ext f() {
    return f.get(0);
  }

  public Ext g() {
    return g.get(0);
  }
}
