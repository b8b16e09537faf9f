package org.zkc.gkr.sumcheck;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/**
 * sum over k of sum over x of w_k(x) f_k(x) for tables of different sizes in one sumcheck: a table of fewer variables sits at
 * 0 in the leading ones. Until its own variables begin, it adds its sum times the product of (1 - r) so far.
 */
public final class JoiningTables implements SumcheckTables {
  private final Kernels kernels = Kernels.best();
  private final int rounds;
  private final List<Entry> entries = new ArrayList<>();
  private int left;

  /** For {@code rounds} variables. */
  public JoiningTables(int rounds) {
    this.rounds = rounds;
    left = rounds;
  }

  private static final class Entry {
    final int variables;
    ExtVector weights;
    int[] base;
    ExtVector values;
    // The entry's sum times its factor while it waits.
    Ext waiting;
    Ext factor = Ext.ONE;

    Entry(int variables, ExtVector weights, Ext sum) {
      this.variables = variables;
      this.weights = weights;
      this.waiting = sum;
    }
  }

  /**
   * Adds a table over F.
   *
   * @param weights overwritten
   * @param sum of weights times values
   */
  public void add(int variables, ExtVector weights, int[] values, Ext sum) {
    Entry e = new Entry(variables, weights, sum);
    e.base = values;
    entries.add(e);
  }

  /** Adds a table over E; both vectors are overwritten. */
  public void add(int variables, ExtVector weights, ExtVector values, Ext sum) {
    Entry e = new Entry(variables, weights, sum);
    e.values = values;
    entries.add(e);
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    for (Entry e : entries) {
      if (e.variables < left) {
        // (1 - t) times the sum, at t = 0 and t = 2.
        at0 = at0.add(e.waiting);
        at2 = at2.sub(e.waiting);
        continue;
      }
      int half = 1 << left >> 1;
      Ext[] s =
          e.base != null
              ? kernels.roundOfTwoBase(e.base, 0, e.base.length, e.weights, half)
              : kernels.roundOfTwo(e.weights, e.values, half);
      at0 = at0.add(e.factor.mul(s[0]));
      at2 = at2.add(e.factor.mul(s[1]));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public void bind(Ext challenge) {
    int half = 1 << left >> 1;
    for (Entry e : entries) {
      if (e.variables < left) {
        Ext zero = Ext.ONE.sub(challenge);
        e.waiting = e.waiting.mul(zero);
        e.factor = e.factor.mul(zero);
        continue;
      }
      e.weights = kernels.bind(e.weights, half, challenge);
      if (e.base != null) {
        e.values = kernels.bindBase(e.base, 0, e.base.length, half, challenge);
        e.base = null;
      } else {
        e.values = kernels.bind(e.values, half, challenge);
      }
    }
    left--;
  }

  /** Table {@code index}, in the order added, at the last coordinates of the point. */
  public Ext value(int index) {
    Entry e = entries.get(index);
    return e.base != null ? Ext.of(e.base[0]) : e.values.get(0);
  }
}
