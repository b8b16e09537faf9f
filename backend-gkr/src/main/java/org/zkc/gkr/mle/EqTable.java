package org.zkc.gkr.mle;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/**
 * Tables of eq(point, .), the multilinear extension of equality. Variables come most significant
 * bit first: entry k of the table for a point of n variables is the product over j of point[j] or 1
 * - point[j] as bit n - 1 - j of k says.
 */
public final class EqTable {
  /** Variables that are put in element by element. */
  private static final int FEW = 3;

  private EqTable() {}

  /** All 2^n entries. */
  public static ExtVector of(Ext[] point) {
    return of(point, 1 << point.length);
  }

  /** The first {@code count} entries, 1 <= count <= 2^n, in time proportional to count + n. */
  public static ExtVector of(Ext[] point, int count) {
    if (count < 1 || point.length > 30 || count > 1 << point.length) {
      throw new IllegalArgumentException(
          count + " entries of an eq table of " + point.length + " variables");
    }
    ExtVector table = new ExtVector(count);
    int inside = Mle.variables(count);
    int above = point.length - inside;
    Ext zeros = Ext.ONE;
    for (int j = 0; j < above; j++) {
      zeros = zeros.mul(Ext.ONE.sub(point[j]));
    }
    table.set(0, zeros);
    // From the lowest variable up, so that each step writes whole halves; the first ones are
    // shorter than a loop that pays.
    int few = Math.min(inside, FEW);
    for (int bit = 0; bit < few; bit++) {
      int half = 1 << bit;
      Ext r = point[point.length - 1 - bit];
      for (int k = 0; k < half; k++) {
        Ext low = table.get(k);
        Ext high = low.mul(r);
        table.set(k, low.sub(high));
        if (half + k < count) {
          table.set(half + k, high);
        }
      }
    }
    for (int bit = few; bit < inside; bit++) {
      Kernels.best().expandEq(table, 1 << bit, point[point.length - 1 - bit]);
    }
    return table;
  }
}
