package org.zkc.gkr.prove.sumcheck;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.SplitEq;

/** sum over x of eq(z, x) f_1(x) ... f_k(x), eq split off. */
public final class ZeroProductTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final SplitEq eq;
  private final int rounds;
  private final ExtVector[] tables;
  private int half;

  /** Tables, or real prefixes of one length; all are overwritten. */
  public ZeroProductTables(List<ExtVector> tables, Ext[] z, Workers workers) {
    kernels = new SplitKernels(workers);
    this.tables = tables.toArray(ExtVector[]::new);
    rounds = z.length;
    eq = new SplitEq(z);
    half = 1 << rounds >> 1;
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    // The values sent are those at 0, 2, 3, ...
    return kernels.roundOfProduct(tables, eq.high(), eq.low(), half);
  }

  @Override
  public void bind(Ext challenge) {
    for (int j = 0; j < tables.length; j++) {
      tables[j] = kernels.bind(tables[j], half, challenge);
    }
    eq.bind(challenge);
    half >>= 1;
  }

  /** The tables at the point. */
  public Ext[] values() {
    Ext[] out = new Ext[tables.length];
    for (int j = 0; j < out.length; j++) {
      out[j] = tables[j].get(0);
    }
    return out;
  }
}
