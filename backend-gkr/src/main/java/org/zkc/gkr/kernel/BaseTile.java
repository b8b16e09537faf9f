package org.zkc.gkr.kernel;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * The tiles of {@link Kernels#roundOfThreeBase}: products of the tables over F are residues, so
 * that a term takes 5 products of F where it takes 32 over E.
 */
final class BaseTile {
  private final Loops loops;
  private final ExtVector w;
  private final int[] f;
  private final int[] g;
  private final int half;
  private final int[] ofF;
  private final int[] ofG;
  private final int[] step;
  private final int[] product;
  private final ExtVector two;
  private final ExtVector three;
  private Ext at0 = Ext.ZERO;
  private Ext at2 = Ext.ZERO;
  private Ext at3 = Ext.ZERO;

  BaseTile(Loops loops, ExtVector w, int[] f, int[] g, int half, int size) {
    this.loops = loops;
    this.w = w;
    this.f = f;
    this.g = g;
    this.half = half;
    ofF = new int[size];
    ofG = new int[size];
    step = new int[size];
    product = new int[size];
    two = new ExtVector(size);
    three = new ExtVector(size);
  }

  /** The values at t = 0, 2 and 3 over [from, end), of which [from, both) has upper halves. */
  Ext[] sums(int from, int both, int end) {
    for (int at = from; at < both; at += product.length) {
      add(at, Math.min(product.length, both - at));
    }
    for (int at = both; at < end; at += product.length) {
      int count = Math.min(product.length, end - at);
      loops.multiplyBase(f, at, g, at, product, 0, count);
      Ext rest = loops.dotBase(product, 0, w.slice(at, count));
      // At t a table is (1 - t) times its lower half.
      at0 = at0.add(rest);
      at2 = at2.sub(rest);
      at3 = at3.sub(rest.mulBase(8));
    }
    return new Ext[] {at0, at2, at3};
  }

  private void add(int at, int count) {
    ExtVector w2 = two.slice(0, count);
    ExtVector w3 = three.slice(0, count);
    loops.multiplyBase(f, at, g, at, product, 0, count);
    at0 = at0.add(loops.dotBase(product, 0, w.slice(at, count)));
    loops.atTwoAndThree(w.slice(at, count), w.slice(half + at, count), w2, w3);
    loops.atTwoBase(f, at, half + at, ofF, count);
    loops.atTwoBase(g, at, half + at, ofG, count);
    loops.multiplyBase(ofF, 0, ofG, 0, product, 0, count);
    at2 = at2.add(loops.dotBase(product, 0, w2));
    next(f, at, ofF, count);
    next(g, at, ofG, count);
    loops.multiplyBase(ofF, 0, ofG, 0, product, 0, count);
    at3 = at3.add(loops.dotBase(product, 0, w3));
  }

  /** From the values at 2 to those at 3. */
  private void next(int[] table, int at, int[] values, int count) {
    loops.addMultipleBase(table, half + at, M31.P - 1, table, at, step, 0, count);
    loops.addMultipleBase(values, 0, 1, step, 0, values, 0, count);
  }
}
