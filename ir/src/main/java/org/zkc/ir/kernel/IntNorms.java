package org.zkc.ir.kernel;

import java.util.List;
import org.zkc.ir.integer.NormRules;

/** Euclidean norms along the last axis, their reciprocals, and products with these. */
public final class IntNorms {
  private IntNorms() {}

  /** The elements times 2^exponents[i], i the index on the last axis; no exponents are all 0. */
  public static int[] shifted(int[] x, List<Integer> exponents) {
    if (exponents.isEmpty()) {
      return x;
    }
    int extent = exponents.size();
    int[] shifts = exponents.stream().mapToInt(Integer::intValue).toArray();
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] << shifts[i % extent];
    }
    return out;
  }

  /** floor(sqrt(constant + sum of squares)) of each line of {@code extent} elements. */
  public static int[] euclidean(int[] x, int extent, long constant) {
    int[] out = new int[x.length / extent];
    for (int line = 0; line < out.length; line++) {
      long sum = constant;
      for (int i = line * extent; i < (line + 1) * extent; i++) {
        sum += (long) x[i] * x[i];
      }
      out[line] = (int) NormRules.root(sum);
    }
    return out;
  }

  /** 2^bits / x, rounded half up. */
  public static int[] reciprocals(int[] x, int bits) {
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) NormRules.reciprocal(x[i], bits);
    }
    return out;
  }

  /** Each line of x times one factor. */
  public static int[] scaled(int[] x, int[] factors) {
    int extent = x.length / Math.max(1, factors.length);
    int[] out = new int[x.length];
    for (int line = 0; line < factors.length; line++) {
      for (int i = line * extent; i < (line + 1) * extent; i++) {
        out[i] = x[i] * factors[line];
      }
    }
    return out;
  }
}
