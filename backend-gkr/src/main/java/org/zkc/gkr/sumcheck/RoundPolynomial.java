package org.zkc.gkr.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;

/** Evaluation of a polynomial of low degree from its values at 0, 1, ..., degree. */
public final class RoundPolynomial {
  private RoundPolynomial() {}

  /** The value at {@code x}, by Lagrange's formula on the nodes 0 .. values.length-1. */
  public static Ext at(Ext[] values, Ext x) {
    int n = values.length;
    // prefix[j] = product of (x - i) for i < j, suffix likewise from above: no division but by
    // small integers.
    Ext[] prefix = new Ext[n + 1];
    prefix[0] = Ext.ONE;
    for (int j = 0; j < n; j++) {
      prefix[j + 1] = prefix[j].mul(x.sub(Ext.of(j)));
    }
    Ext suffix = Ext.ONE;
    Ext sum = Ext.ZERO;
    for (int j = n - 1; j >= 0; j--) {
      int denominator = 1;
      for (int i = 0; i < n; i++) {
        if (i != j) {
          denominator = M31.mul(denominator, M31.fromSigned(j - i));
        }
      }
      sum = sum.add(values[j].mul(prefix[j]).mul(suffix).mulBase(M31.inv(denominator)));
      suffix = suffix.mul(x.sub(Ext.of(j)));
    }
    return sum;
  }
}
