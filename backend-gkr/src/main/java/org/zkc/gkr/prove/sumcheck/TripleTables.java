package org.zkc.gkr.prove.sumcheck;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;

/** sum over x of w(x) f(x) g(x). */
public final class TripleTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final int rounds;
  // Over F until the first variable is bound, where they are; the others are null till then.
  private int @Nullable [] baseF;
  private int @Nullable [] baseG;
  private @Nullable ExtVector f;
  private @Nullable ExtVector g;
  private ExtVector w;
  private int half;

  /** Tables of {@code rounds} variables, or real prefixes of them; all are overwritten. */
  public TripleTables(ExtVector w, ExtVector f, ExtVector g, int rounds, Workers workers) {
    this(w, rounds, workers);
    this.f = f;
    this.g = g;
  }

  /** Tables with f and g over F, which are only read; all three have one length. */
  public TripleTables(ExtVector w, int[] f, int[] g, int rounds, Workers workers) {
    this(w, rounds, workers);
    baseF = f;
    baseG = g;
  }

  private TripleTables(ExtVector w, int rounds, Workers workers) {
    kernels = new SplitKernels(workers);
    this.w = w;
    this.rounds = rounds;
    half = 1 << rounds >> 1;
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    return baseF != null && baseG != null
        ? kernels.roundOfThreeBase(w, baseF, baseG, half)
        : kernels.roundOfThree(w, overE(f), overE(g), half);
  }

  @Override
  public void bind(Ext challenge) {
    w = kernels.bind(w, half, challenge);
    f = bind(baseF, f, challenge);
    g = bind(baseG, g, challenge);
    baseF = null;
    baseG = null;
    half >>= 1;
  }

  private ExtVector bind(int @Nullable [] base, @Nullable ExtVector table, Ext challenge) {
    return base != null
        ? kernels.bindBase(base, 0, base.length, half, challenge)
        : kernels.bind(overE(table), half, challenge);
  }

  private static ExtVector overE(@Nullable ExtVector table) {
    return Objects.requireNonNull(table, "the table is over F still");
  }

  public Ext f() {
    return baseF != null ? Ext.of(baseF[0]) : overE(f).get(0);
  }

  public Ext g() {
    return baseG != null ? Ext.of(baseG[0]) : overE(g).get(0);
  }
}
