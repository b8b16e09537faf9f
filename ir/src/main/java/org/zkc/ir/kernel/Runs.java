package org.zkc.ir.kernel;

/**
 * Consecutive output positions as runs that lie side by side in a source plane: one run for each
 * row of outputs that they touch.
 */
final class Runs {
  final int[] from;
  final int[] to;
  final int[] length;
  int count;

  /** Room for {@code columns} positions. */
  Runs(int columns) {
    from = new int[columns];
    to = new int[columns];
    length = new int[columns];
  }

  /**
   * Sets this to positions [first, first + columns): run r holds {@code length[r]} of them from the
   * {@code to[r]}-th on, which lie from {@code from[r]} on in the plane.
   */
  void set(int first, int columns, int outWidth, int rowStride) {
    count = 0;
    for (int done = 0; done < columns; done += length[count - 1]) {
      int y = (first + done) / outWidth;
      int x = (first + done) % outWidth;
      from[count] = y * rowStride + x;
      to[count] = done;
      length[count] = Math.min(columns - done, outWidth - x);
      count++;
    }
  }
}
