package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;

/**
 * sum over x and k of f(x, k) g(x, k), of which only x is bound: its variables are a table's
 * highest, k numbers {@code inner} values, any number.
 */
public final class ChannelTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final int rounds;
  private final int inner;
  private ExtVector f;
  private ExtVector g;
  private int half;

  /** Tables of 2^rounds times inner values, or real prefixes of them; both are overwritten. */
  public ChannelTables(ExtVector f, ExtVector g, int rounds, int inner, Workers workers) {
    kernels = new SplitKernels(workers);
    this.f = f;
    this.g = g;
    this.rounds = rounds;
    this.inner = inner;
    half = (1 << rounds >> 1) * inner;
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
    half = half / inner / 2 * inner;
  }

  /** The sum over k at the point of all challenges. */
  public Ext sum() {
    return kernels.dot(f.slice(0, inner), g.slice(0, inner));
  }

  /** f(point of all challenges, .). */
  public ExtVector f() {
    return f.slice(0, inner);
  }
}
