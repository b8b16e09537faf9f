package org.zkc.ir.kernel;

/** The numerators of softmax along one axis: a table of how far below the greatest elements are. */
public final class IntExponentials {
  private IntExponentials() {}

  /**
   * entries[min((m - x) >> shift, n - 1)], m the greatest element of x along the axis.
   *
   * @param x of magnitudes below 2^30, row-major
   * @param extent of the axis
   * @param inner the product of the extents behind the axis
   * @param entries n of them
   */
  public static int[] run(int[] x, int extent, int inner, int shift, int[] entries) {
    int[] out = new int[x.length];
    int last = entries.length - 1;
    int[] greatest = new int[inner];
    for (int from = 0; from < x.length; from += extent * inner) {
      System.arraycopy(x, from, greatest, 0, inner);
      for (int k = inner; k < extent * inner; k += inner) {
        for (int i = 0; i < inner; i++) {
          greatest[i] = Math.max(greatest[i], x[from + k + i]);
        }
      }
      for (int k = 0; k < extent * inner; k += inner) {
        for (int i = 0; i < inner; i++) {
          int h = greatest[i] - x[from + k + i] >> shift;
          out[from + k + i] = entries[Math.min(h, last)];
        }
      }
    }
    return out;
  }
}
