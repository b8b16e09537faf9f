package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;

/**
 * sum over x and k of eq(z, x) f(x, k) g(x, k), eq split off, of which only x is bound: its
 * variables are a table's highest.
 */
public final class SharedAxisTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final Ext[] z;
  private final ExtVector ones;
  private ExtVector f;
  private ExtVector g;
  private int bound;

  /**
   * Tables of 2^(z.length + innerVariables) values, or real prefixes of one length; both are
   * overwritten.
   */
  public SharedAxisTables(ExtVector f, ExtVector g, Ext[] z, int innerVariables, Workers workers) {
    kernels = new SplitKernels(workers);
    this.f = f;
    this.g = g;
    this.z = z.clone();
    ones = new ExtVector(1 << innerVariables);
    ones.fill(Ext.ONE);
  }

  @Override
  public int rounds() {
    return z.length;
  }

  private int half() {
    return ones.length() << z.length - bound >> 1;
  }

  @Override
  public Ext[] message() {
    ExtVector later = EqTable.of(Arrays.copyOfRange(z, bound + 1, z.length));
    return kernels.roundOfProduct(new ExtVector[] {f, g}, later, ones, half());
  }

  @Override
  public void bind(Ext challenge) {
    int half = half();
    f = kernels.bind(f, half, challenge);
    g = kernels.bind(g, half, challenge);
    bound++;
  }

  /** f(point of all challenges, .). */
  public ExtVector f() {
    return f;
  }

  public ExtVector g() {
    return g;
  }
}
