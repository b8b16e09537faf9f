package org.zkc.gkr.sumcheck;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.SplitEq;

/** sum over x of eq(z, x) f_1(x) ... f_k(x), eq split off. */
public final class ZeroProductTables implements SumcheckTables {
  private final Kernels kernels = Kernels.best();
  private final SplitEq eq;
  private final int rounds;
  private final ExtVector[] tables;
  private int half;

  /** Tables, or real prefixes of one length; all are overwritten. */
  public ZeroProductTables(List<ExtVector> tables, Ext[] z) {
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
    int degree = tables.length;
    Ext[] sums = new Ext[degree];
    java.util.Arrays.fill(sums, Ext.ZERO);
    ExtVector high = eq.high();
    ExtVector low = eq.low();
    int length = Math.min(half, tables[0].length());
    for (int start = 0; start < length; start += low.length()) {
      Ext[] block = new Ext[degree];
      java.util.Arrays.fill(block, Ext.ZERO);
      for (int k = start; k < Math.min(length, start + low.length()); k++) {
        Ext e = low.get(k - start);
        for (int v = 0; v < degree; v++) {
          // The values sent are those at 0, 2, 3, ...
          int t = v == 0 ? 0 : v + 1;
          Ext product = e;
          for (ExtVector f : tables) {
            Ext f0 = f.get(k);
            Ext f1 = half + k < f.length() ? f.get(half + k) : Ext.ZERO;
            product = product.mul(t == 0 ? f0 : f1.sub(f0).mulBase(t).add(f0));
          }
          block[v] = block[v].add(product);
        }
      }
      Ext h = high.get(start / low.length());
      for (int v = 0; v < degree; v++) {
        sums[v] = sums[v].add(block[v].mul(h));
      }
    }
    return sums;
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
