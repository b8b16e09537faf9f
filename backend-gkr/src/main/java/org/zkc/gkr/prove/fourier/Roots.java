package org.zkc.gkr.prove.fourier;

import java.util.Arrays;
import org.zkc.gkr.code.CirclePoint;
import org.zkc.gkr.field.M31;

/**
 * The twiddles of all transforms: re[g] + im[g] i = omega^bitrev(g), where g &lt; 2^l is reversed
 * in l bits and omega is of order 2^(l+1); a longer l gives the same element. Longer than asked for
 * by {@link #PADDING} entries, so that vectors may be loaded at any of them.
 */
record Roots(int[] re, int[] im) {
  static final int PADDING = 64;

  private static volatile Roots longest = new Roots(new int[PADDING], new int[PADDING]);

  /** The table with at least {@code count} twiddles. */
  static Roots of(int count) {
    Roots known = longest;
    if (known.re.length - PADDING < count) {
      synchronized (Roots.class) {
        known = longest;
        if (known.re.length - PADDING < count) {
          known = compute(Integer.highestOneBit(2 * count - 1));
          longest = known;
        }
      }
    }
    return known;
  }

  private static Roots compute(int count) {
    int[] re = new int[count + PADDING];
    int[] im = new int[count + PADDING];
    re[0] = 1;
    for (int half = 1, log = 0; half < count; half *= 2, log++) {
      // One more bit, the most significant of g, is the least significant of the reversed g.
      CirclePoint step = CirclePoint.ofOrder(log + 2);
      for (int g = 0; g < half; g++) {
        re[half + g] = M31.sub(M31.mul(re[g], step.x()), M31.mul(im[g], step.y()));
        im[half + g] = M31.add(M31.mul(re[g], step.y()), M31.mul(im[g], step.x()));
      }
    }
    return new Roots(re, im);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Roots r && Arrays.equals(re, r.re) && Arrays.equals(im, r.im);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(re);
  }

  @Override
  public String toString() {
    return re.length - PADDING + " roots";
  }
}
