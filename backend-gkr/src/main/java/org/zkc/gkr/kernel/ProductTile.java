package org.zkc.gkr.kernel;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/** A tile of {@link Kernels#roundOfProduct}: the values of every table at one t after the other. */
final class ProductTile {
  private final Loops loops;
  private final ExtVector[] tables;
  private final int half;
  private final ExtVector product;
  private final ExtVector[] values;
  private final ExtVector[] differences;

  ProductTile(Loops loops, ExtVector[] tables, int half, int size) {
    this.loops = loops;
    this.tables = tables;
    this.half = half;
    product = new ExtVector(size);
    values = new ExtVector[tables.length];
    differences = new ExtVector[tables.length];
    for (int j = 0; j < tables.length; j++) {
      values[j] = new ExtVector(size);
      differences[j] = new ExtVector(size);
    }
  }

  /**
   * Adds the terms of k in [from, from + eq.length()) to sums, whose entries are for t = 0, 2, 3,
   * ...
   */
  void addTo(Ext[] sums, ExtVector eq, int from, boolean upperHalves) {
    int count = eq.length();
    ExtVector[] current = new ExtVector[tables.length];
    for (int j = 0; j < tables.length; j++) {
      current[j] = tables[j].slice(from, count);
    }
    Ext at0 = sum(eq, current);
    sums[0] = sums[0].add(at0);
    for (int v = 1; v < sums.length; v++) {
      int t = v + 1;
      if (!upperHalves) {
        // Each factor is (1 - t) f(0, k).
        sums[v] = sums[v].add(at0.mul(Ext.ofSigned(1 - t).pow(tables.length)));
        continue;
      }
      for (int j = 0; j < tables.length; j++) {
        ExtVector value = values[j].slice(0, count);
        ExtVector difference = differences[j].slice(0, count);
        if (v == 1) {
          ExtVector high = tables[j].slice(half + from, count);
          loops.subtract(high, current[j], difference);
          loops.add(high, difference, value);
          current[j] = value;
        } else {
          loops.add(value, difference, value);
        }
      }
      sums[v] = sums[v].add(sum(eq, current));
    }
  }

  // The sum of eq times all factors.
  private Ext sum(ExtVector eq, ExtVector[] factors) {
    ExtVector partial = eq;
    ExtVector out = product.slice(0, eq.length());
    for (int j = 0; j + 1 < factors.length; j++) {
      loops.multiply(partial, factors[j], out);
      partial = out;
    }
    return loops.dot(partial, factors[factors.length - 1]);
  }
}
