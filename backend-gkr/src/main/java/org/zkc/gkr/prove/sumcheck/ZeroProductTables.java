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
  // Over F until the first variable is bound, over E then.
  private final int[][] base;
  private final ExtVector[] tables;
  private boolean overE;
  private int half;

  /** Tables over F, or real prefixes of one length, which are only read. */
  public ZeroProductTables(List<int[]> tables, Ext[] z, Workers workers) {
    kernels = new SplitKernels(workers);
    base = tables.toArray(int[][]::new);
    this.tables = new ExtVector[base.length];
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
    return overE
        ? kernels.roundOfProduct(tables, eq.high(), eq.low(), half)
        : kernels.roundOfProductBase(base, eq.high(), eq.low(), half);
  }

  @Override
  public void bind(Ext challenge) {
    for (int j = 0; j < tables.length; j++) {
      tables[j] =
          overE
              ? kernels.bind(tables[j], half, challenge)
              : kernels.bindBase(base[j], 0, base[j].length, half, challenge);
    }
    overE = true;
    eq.bind(challenge);
    half >>= 1;
  }

  /** The tables at the point. */
  public Ext[] values() {
    Ext[] out = new Ext[tables.length];
    for (int j = 0; j < out.length; j++) {
      out[j] = overE ? tables[j].get(0) : Ext.of(base[j][0]);
    }
    return out;
  }
}
