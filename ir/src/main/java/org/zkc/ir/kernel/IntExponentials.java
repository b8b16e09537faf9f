package org.zkc.ir.kernel;

/** The numerators of softmax along one axis: a table of how far below the greatest elements are. */
public final class IntExponentials {
  /** Pieces of work for each thread. */
  private static final int PIECES = 4;

  private IntExponentials() {}

  /**
   * entries[min((m - x) >> shift, n - 1)], m the greatest element of x along the axis.
   *
   * @param x of magnitudes below 2^30, row-major
   * @param extent of the axis
   * @param inner the product of the extents behind the axis
   * @param entries n of them
   * @param tasks where the lines are taken
   */
  public static int[] run(
      int[] x, int extent, int inner, int shift, int[] entries, TaskRunner tasks) {
    int size = extent * inner;
    int[] out = new int[x.length];
    int blocks = size == 0 ? 0 : x.length / size;
    int pieces = Math.min(blocks, tasks.threads() * PIECES);
    tasks.forEach(
        pieces,
        p -> {
          int[] greatest = new int[inner];
          int end = (int) ((p + 1L) * blocks / pieces);
          for (int block = (int) ((long) p * blocks / pieces); block < end; block++) {
            block(x, block * size, size, greatest, shift, entries, out);
          }
        });
    return out;
  }

  private static void block(
      int[] x, int from, int size, int[] greatest, int shift, int[] entries, int[] out) {
    int inner = greatest.length;
    int last = entries.length - 1;
    System.arraycopy(x, from, greatest, 0, inner);
    for (int k = inner; k < size; k += inner) {
      for (int i = 0; i < inner; i++) {
        greatest[i] = Math.max(greatest[i], x[from + k + i]);
      }
    }
    for (int k = 0; k < size; k += inner) {
      for (int i = 0; i < inner; i++) {
        int h = greatest[i] - x[from + k + i] >> shift;
        out[from + k + i] = entries[Math.min(h, last)];
      }
    }
  }
}
