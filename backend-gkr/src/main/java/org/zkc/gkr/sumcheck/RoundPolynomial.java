package org.zkc.gkr.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;

/** Evaluation of a polynomial of low degree from its values at 0, 1, ..., degree. */
public final class RoundPolynomial {
  /** The factors of Lagrange's formula for polynomials of few values; rounds have no others. */
  private static final int[][] FACTORS = new int[9][];

  static {
    for (int n = 0; n < FACTORS.length; n++) {
      FACTORS[n] = factors(n);
    }
  }

  private RoundPolynomial() {}

  /** 1 / product of (j - i) over the other nodes i, for every node j of n. */
  private static int[] factors(int n) {
    int[] out = new int[n];
    for (int j = 0; j < n; j++) {
      int denominator = 1;
      for (int i = 0; i < n; i++) {
        if (i != j) {
          denominator = M31.mul(denominator, M31.fromSigned(j - i));
        }
      }
      out[j] = M31.inv(denominator);
    }
    return out;
  }

  /** The value at {@code x}, by Lagrange's formula on the nodes 0 .. values.length-1. */
  public static Ext at(Ext[] values, Ext x) {
    int n = values.length;
    int[] factors = n < FACTORS.length ? FACTORS[n] : factors(n);
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
      sum = sum.add(values[j].mul(prefix[j]).mul(suffix).mulBase(factors[j]));
      suffix = suffix.mul(x.sub(Ext.of(j)));
    }
    return sum;
  }
}
