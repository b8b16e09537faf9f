package org.zkc.gkr.prove.sumcheck;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;

/**
 * sum over x of f(x) g(x). Binding tables of one length also computes the next message, while the
 * bound values are in the cache.
 */
public final class PairTables implements SumcheckTables {
  private final SplitKernels kernels;
  private final int rounds;
  // Over F until the first variable is bound, over E then: the other is null.
  private int @Nullable [] base;
  private @Nullable ExtVector f;
  private ExtVector g;
  private int half;
  private Ext @Nullable [] next;

  /** Tables of {@code rounds} variables, or real prefixes of them; both are overwritten. */
  public PairTables(ExtVector f, ExtVector g, int rounds, Workers workers) {
    this(null, f, g, rounds, workers);
  }

  /** Tables with f over F, which is only read. */
  public PairTables(int[] f, ExtVector g, int rounds, Workers workers) {
    this(f, null, g, rounds, workers);
  }

  private PairTables(
      int @Nullable [] base, @Nullable ExtVector f, ExtVector g, int rounds, Workers workers) {
    kernels = new SplitKernels(workers);
    this.base = base;
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
    if (next != null) {
      return next;
    }
    return base != null
        ? kernels.roundOfTwoBase(base, 0, base.length, g, half)
        : kernels.roundOfTwo(overE(), g, half);
  }

  @Override
  public void bind(Ext challenge) {
    int length = base != null ? base.length : overE().length();
    if (half > 1 && length == g.length()) {
      bindBoth(Math.min(length, half), challenge);
    } else {
      next = null;
      f =
          base != null
              ? kernels.bindBase(base, 0, length, half, challenge)
              : kernels.bind(overE(), half, challenge);
      g = kernels.bind(g, half, challenge);
    }
    base = null;
    half >>= 1;
  }

  private void bindBoth(int length, Ext challenge) {
    if (base != null) {
      ExtVector bound = new ExtVector(length);
      next = kernels.bindTwoBase(base, 0, bound, g, half, challenge);
      f = bound;
    } else {
      next = kernels.bindTwo(overE(), g, half, challenge);
      f = overE().slice(0, length);
    }
    g = g.slice(0, length);
  }

  private ExtVector overE() {
    return Objects.requireNonNull(f, "the table is over F still");
  }

  /** f at the point of all challenges. */
  public Ext f() {
    return base != null ? Ext.of(base[0]) : overE().get(0);
  }

  public Ext g() {
    return g.get(0);
  }
}
