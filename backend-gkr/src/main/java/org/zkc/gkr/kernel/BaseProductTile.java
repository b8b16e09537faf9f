package org.zkc.gkr.kernel;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/** {@link ProductTile} of tables over F: one product by an element of E is left of each term. */
final class BaseProductTile {
  private final Loops loops;
  private final int[][] tables;
  private final int half;
  private final int[] product;
  private final int[][] values;
  private final int[][] steps;

  BaseProductTile(Loops loops, int[][] tables, int half, int size) {
    this.loops = loops;
    this.tables = tables;
    this.half = half;
    product = new int[size];
    values = new int[tables.length][size];
    steps = new int[tables.length][size];
  }

  /** {@link ProductTile#addTo}. */
  void addTo(Ext[] sums, ExtVector eq, int from, boolean upperHalves) {
    int count = eq.length();
    Ext at0 = sum(eq, tables, from);
    sums[0] = sums[0].add(at0);
    for (int v = 1; v < sums.length; v++) {
      if (!upperHalves) {
        // Each factor is (1 - t) f(0, k).
        sums[v] = sums[v].add(at0.mul(Ext.ofSigned(-v).pow(tables.length)));
        continue;
      }
      for (int j = 0; j < tables.length; j++) {
        if (v == 1) {
          int[] table = tables[j];
          int high = half + from;
          loops.addMultipleBase(table, high, M31.P - 1, table, from, steps[j], 0, count);
          loops.addMultipleBase(table, high, 1, steps[j], 0, values[j], 0, count);
        } else {
          loops.addMultipleBase(values[j], 0, 1, steps[j], 0, values[j], 0, count);
        }
      }
      sums[v] = sums[v].add(sum(eq, values, 0));
    }
  }

  // The sum of eq times all factors, which begin at one place.
  private Ext sum(ExtVector eq, int[][] factors, int from) {
    int count = eq.length();
    int[] partial = factors[0];
    int at = from;
    for (int j = 1; j < factors.length; j++) {
      loops.multiplyBase(partial, at, factors[j], from, product, 0, count);
      partial = product;
      at = 0;
    }
    return loops.dotBase(partial, at, eq);
  }
}
