package org.zkc.gkr.weight;

import java.util.function.IntFunction;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/**
 * A weight as an outer product over the table that {@link TensorLayout} describes: element k
 * 2^rowVariables + j is prefix[k] row[j]. Any part of the table can be made without the rest, also
 * when leading variables are bound.
 */
public final class WeightRows {
  private ExtVector prefix;
  private ExtVector row;
  private int rowVariables;
  private int prefixVariables;
  private boolean ownsRow;

  /**
   * @param prefix kept, and overwritten by {@link #bind}
   * @param row kept
   */
  WeightRows(ExtVector prefix, int prefixVariables, ExtVector row, int rowVariables) {
    this.prefix = prefix;
    this.prefixVariables = prefixVariables;
    this.row = row;
    this.rowVariables = rowVariables;
  }

  /** The number of rows. */
  int count() {
    return prefix.length();
  }

  /** The elements of a row up to its last that may be other than zero. */
  int rowLength() {
    return row.length();
  }

  /** The distance of rows in the table. */
  int stride() {
    return 1 << rowVariables;
  }

  /** The elements of the table up to the last that may be other than zero. */
  public int length() {
    return ((prefix.length() - 1) << rowVariables) + row.length();
  }

  /** Adds elements from {@code from} on, as many as {@code out} has. */
  public void addTo(ExtVector out, int from) {
    int end = Math.min(from + out.length(), length());
    for (int k = from >>> rowVariables; (long) k << rowVariables < end; k++) {
      int start = k << rowVariables;
      int low = Math.max(from, start);
      int high = Math.min(end, start + row.length());
      Ext x = prefix.get(k);
      if (low < high && !x.isZero()) {
        int count = high - low;
        Kernels.best().addScaled(out.slice(low - from, count), x, row.slice(low - start, count));
      }
    }
  }

  /** The sum over k below count of the weight at from + k times base[k]. */
  public Ext dot(int from, int[] base, int count) {
    return dot(from, base, count, this::prefix);
  }

  /**
   * The sum over k below count of base[k] times the line through the weight at from + k and at its
   * counterpart in the upper half of the table, at t = 2; {@code from + count} is at most half of
   * the table.
   *
   * @param scratch of {@code count} elements at least
   */
  public Ext dotAtTwo(int from, int[] base, int count, ExtVector scratch) {
    if (prefixVariables == 0) {
      return prefix.get(0).mul(dotOfRowAtTwo(from, base, count, scratch));
    }
    // The halves have the same rows.
    int half = 1 << prefixVariables - 1;
    return dot(from, base, count, k -> prefix(half + k).doubled().sub(prefix(k)));
  }

  private Ext dotOfRowAtTwo(int from, int[] base, int count, ExtVector scratch) {
    int half = 1 << rowVariables - 1;
    int low = Math.clamp(row.length() - from, 0, count);
    int high = Math.clamp(row.length() - half - from, 0, count);
    Kernels kernels = Kernels.best();
    Ext sum = Ext.ZERO;
    if (high > 0) {
      ExtVector upper = row.slice(half + from, high);
      ExtVector two = scratch.slice(0, high);
      kernels.subtract(upper, row.slice(from, high), two);
      kernels.add(two, upper, two);
      sum = kernels.dotBase(base, 0, high, two);
    }
    if (low > high) {
      ExtVector rest = row.slice(from + high, low - high);
      sum = sum.sub(kernels.dotBase(base, high, low - high, rest));
    }
    return sum;
  }

  private Ext prefix(int k) {
    return k < prefix.length() ? prefix.get(k) : Ext.ZERO;
  }

  // Each row is added up before it meets its factor.
  private Ext dot(int from, int[] base, int count, IntFunction<Ext> factor) {
    Ext sum = Ext.ZERO;
    int end = from + count;
    for (int k = from >>> rowVariables; (long) k << rowVariables < end; k++) {
      int start = k << rowVariables;
      int low = Math.max(from, start);
      int length = Math.min(end, start + row.length()) - low;
      Ext x = factor.apply(k);
      if (length > 0 && !x.isZero()) {
        ExtVector part = row.slice(low - start, length);
        sum = sum.add(x.mul(Kernels.best().dotBase(base, low - from, length, part)));
      }
    }
    return sum;
  }

  /** Binds the first variable of the table. */
  public void bind(Ext r) {
    if (prefixVariables > 0) {
      prefixVariables--;
      prefix = Kernels.best().bind(prefix, 1 << prefixVariables, r);
    } else {
      rowVariables--;
      row = Kernels.best().bind(ownsRow ? row : row.copy(), 1 << rowVariables, r);
      ownsRow = true;
    }
  }
}
