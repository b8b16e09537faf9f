package org.zkc.gkr.weight;

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
