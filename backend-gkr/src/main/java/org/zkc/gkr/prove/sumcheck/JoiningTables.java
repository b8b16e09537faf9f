package org.zkc.gkr.prove.sumcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;

/**
 * sum over k of sum over x of w_k(x) f_k(x) for tables of different sizes in one sumcheck. A table
 * of fewer variables sits at 0 in the leading ones: w_k vanishes elsewhere there, and so does f_k
 * in those that lie within its row of a commitment.
 *
 * <pre>
 * leading variables: | outside the row: eq(0, .) w_k f_k | within the row: eq(0, .) w_k eq(0, .) f_k | the table's own
 * </pre>
 *
 * Until its own variables begin, a table adds its sum times eq(0, t), or eq(0, t)^2 within the row.
 */
public final class JoiningTables implements SumcheckTables {
  private static final ExtVector NONE = new ExtVector(0);

  private final Kernels kernels = Kernels.best();
  private final int rounds;
  private final Workers workers;
  private final List<Entry> entries = new ArrayList<>();
  private int left;

  /**
   * Tables for {@code rounds} variables; tables are worked on by several threads, each table by
   * one.
   */
  public JoiningTables(int rounds, Workers workers) {
    this.rounds = rounds;
    this.workers = workers;
    left = rounds;
  }

  private record Tables(ExtVector weights, int @Nullable [] base, @Nullable ExtVector values) {}

  private static final class Entry {
    final int variables;
    final int rowVariables;
    // Makes the tables when the entry's own variables begin; null once it has.
    @Nullable Supplier<Tables> tables;
    ExtVector weights = NONE;
    // Over F until the first variable of the table is bound, over E then: the other is null.
    int @Nullable [] base;
    @Nullable ExtVector values;
    // The coming round where binding the last variable has found it, without the factor.
    Ext @Nullable [] round;
    // The entry's sum times its factor while it waits.
    Ext waiting;
    Ext factor = Ext.ONE;
    // f_k's own part of the factor.
    Ext extension = Ext.ONE;

    Entry(int variables, int rowVariables, Supplier<Tables> tables, Ext sum) {
      this.variables = variables;
      this.rowVariables = Math.max(variables, rowVariables);
      this.tables = tables;
      this.waiting = sum;
    }

    void begin() {
      if (tables != null) {
        Tables made = tables.get();
        weights = made.weights();
        base = made.base();
        values = made.values();
        tables = null;
      }
    }

    ExtVector values() {
      return Objects.requireNonNull(values, "the table is over F still");
    }
  }

  /**
   * Adds a table over F. Weights and values are asked for when the table's own variables begin, so
   * the tables of all entries are never there at once; the threads that ask may be several.
   *
   * @param rowVariables variables of a row of the commitment that holds the table, 0 when none does
   * @param weights a vector to be overwritten
   * @param values only read
   * @param sum of weights times values
   */
  public void add(
      int variables,
      int rowVariables,
      Supplier<ExtVector> weights,
      Supplier<int[]> values,
      Ext sum) {
    entries.add(
        new Entry(
            variables, rowVariables, () -> new Tables(weights.get(), values.get(), null), sum));
  }

  /** Adds a table over E; both vectors are overwritten. */
  public void add(int variables, int rowVariables, ExtVector weights, ExtVector values, Ext sum) {
    entries.add(new Entry(variables, rowVariables, () -> new Tables(weights, null, values), sum));
  }

  @Override
  public int rounds() {
    return rounds;
  }

  @Override
  public Ext[] message() {
    Ext[][] parts = new Ext[entries.size()][];
    workers.forEach(parts.length, k -> parts[k] = message(entries.get(k)));
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    for (Ext[] part : parts) {
      at0 = at0.add(part[0]);
      at2 = at2.add(part[1]);
    }
    return new Ext[] {at0, at2};
  }

  private Ext[] message(Entry e) {
    if (e.variables < left) {
      // (1 - t) or (1 - t)^2 times the sum, at t = 0 and t = 2.
      Ext at2 = left > e.rowVariables ? Ext.ZERO.sub(e.waiting) : e.waiting;
      return new Ext[] {e.waiting, at2};
    }
    e.begin();
    int half = 1 << left >> 1;
    Ext[] s = e.round;
    if (s == null) {
      s =
          e.base != null
              ? kernels.roundOfTwoBase(e.base, 0, e.base.length, e.weights, half)
              : kernels.roundOfTwo(e.weights, e.values(), half);
    }
    return new Ext[] {e.factor.mul(s[0]), e.factor.mul(s[1])};
  }

  @Override
  public void bind(Ext challenge) {
    workers.forEach(entries.size(), k -> bind(entries.get(k), challenge));
    left--;
  }

  private void bind(Entry e, Ext challenge) {
    if (e.variables < left) {
      Ext zero = Ext.ONE.sub(challenge);
      if (left <= e.rowVariables) {
        e.extension = e.extension.mul(zero);
        zero = zero.square();
      }
      e.waiting = e.waiting.mul(zero);
      e.factor = e.factor.mul(zero);
      return;
    }
    e.begin();
    int half = 1 << left >> 1;
    int length = Math.min(e.weights.length(), half);
    int[] base = e.base;
    if (half > 1 && (base == null ? e.values().length() : base.length) == e.weights.length()) {
      // The next round's share is taken while what was bound is in the cache.
      if (base == null) {
        e.round = kernels.bindTwo(e.weights, e.values(), half, challenge);
        e.values = e.values().slice(0, length);
      } else {
        ExtVector bound = new ExtVector(length);
        e.round = kernels.bindTwoBase(base, 0, bound, e.weights, half, challenge);
        e.values = bound;
        e.base = null;
      }
      e.weights = e.weights.slice(0, length);
      return;
    }
    e.round = null;
    e.weights = kernels.bind(e.weights, half, challenge);
    if (base == null) {
      e.values = kernels.bind(e.values(), half, challenge);
    } else {
      e.values = kernels.bindBase(base, 0, base.length, half, challenge);
      e.base = null;
    }
  }

  /**
   * f of table {@code index}, in the order added, at the last coordinates of the point: its own and
   * those of its row.
   */
  public Ext value(int index) {
    Entry e = entries.get(index);
    e.begin();
    return e.extension.mul(e.base != null ? Ext.of(e.base[0]) : e.values().get(0));
  }
}
