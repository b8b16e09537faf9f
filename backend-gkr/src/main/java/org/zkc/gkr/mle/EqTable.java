package org.zkc.gkr.mle;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/**
 * Tables of eq(point, .), the multilinear extension of equality. Variables come most significant bit first: entry k of
 * the table for a point of n variables is the product over j of point[j] or 1 - point[j] as bit n - 1 - j of k says.
 */
public final class EqTable {
  private EqTable() {}

  /** All 2^n entries. */
  public static ExtVector of(Ext[] point) {
    return of(point, 1 << point.length);
  }

  /** The first {@code count} entries, 1 <= count <= 2^n, in time proportional to count + n. */
  public static ExtVector of(Ext[] point, int count) {
    if (count < 1 || point.length > 30 || count > 1 << point.length) {
      throw new IllegalArgumentException(count + " entries of an eq table of " + point.length + " variables");
    }
    ExtVector table = new ExtVector(count);
    table.set(0, Ext.ONE);
    for (int j = 0; j < point.length; j++) {
      // After variable j only prefixes of the final indices matter: ceil(count / 2^(remaining)).
      int remaining = point.length - 1 - j;
      int next = (int) (((long) count + (1L << remaining) - 1) >> remaining);
      Kernels.best().expandEq(table.slice(0, next), (next + 1) / 2, point[j]);
    }
    return table;
  }
}
