package org.zkc.ir.kernel;

import java.util.Arrays;

/** MatrixLoops over {@code int} that HotSpot turns into vector instructions where it can. */
class PlainIntLoops implements MatrixLoops<int[]> {
  /** Wide enough for the loop that HotSpot makes of it, small enough for few positions. */
  private static final int COLUMNS = 128;

  @Override
  public int[] newArray(int length) {
    return new int[length];
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void copy(int[] in, int from, int step, int[] out, int to, int count) {
    if (step == 1) {
      System.arraycopy(in, from, out, to, count);
    } else {
      for (int i = 0; i < count; i++) {
        out[to + i] = in[from + i * step];
      }
    }
  }

  /** {@code out[at + i] = in[i]} for i < count. */
  void widen(short[] in, int[] out, int at, int count) {
    for (int i = 0; i < count; i++) {
      out[at + i] = in[i];
    }
  }

  /** {@link #widen(short[], int[], int, int)} of bytes. */
  void widen(byte[] in, int[] out, int at, int count) {
    for (int i = 0; i < count; i++) {
      out[at + i] = in[i];
    }
  }

  @Override
  public void pack(
      int[] source, int base, int[] offsets, int first, int rows, Runs runs, int[] panel, int at) {
    for (int k = 0; k < rows; k++) {
      int from = base + offsets[first + k];
      int to = at + k * COLUMNS;
      for (int r = 0; r < runs.count; r++) {
        System.arraycopy(source, from + runs.from[r], panel, to + runs.to[r], runs.length[r]);
      }
    }
  }

  @Override
  public void interleave(
      int[] rows, int from, int lda, int count, int depth, int[] packed, int at) {
    int row1 = from + Math.min(1, count - 1) * lda;
    int row2 = from + Math.min(2, count - 1) * lda;
    int row3 = from + (count - 1) * lda;
    for (int k = 0; k < depth; k++) {
      int to = at + ROWS * k;
      packed[to] = rows[from + k];
      packed[to + 1] = rows[row1 + k];
      packed[to + 2] = rows[row2 + k];
      packed[to + 3] = rows[row3 + k];
    }
  }

  @Override
  public void tile(
      int[] a,
      int aAt,
      int rows,
      int[] panel,
      int panelAt,
      int depth,
      int[] out,
      int outAt,
      int ldc,
      boolean add) {
    int[] sums = new int[COLUMNS];
    for (int i = 0; i < rows; i++) {
      Arrays.fill(sums, 0);
      int row = aAt + i;
      int k = 0;
      for (; k + 4 <= depth; k += 4) {
        int b = panelAt + k * COLUMNS;
        addFour(
            a[row + ROWS * k],
            a[row + ROWS * (k + 1)],
            a[row + ROWS * (k + 2)],
            a[row + ROWS * (k + 3)],
            panel,
            b,
            b + COLUMNS,
            b + 2 * COLUMNS,
            b + 3 * COLUMNS,
            sums,
            COLUMNS);
      }
      for (; k < depth; k++) {
        addOne(a[row + ROWS * k], panel, panelAt + k * COLUMNS, sums, COLUMNS);
      }
      store(sums, 0, out, outAt + i * ldc, COLUMNS, add);
    }
  }

  @Override
  public void store(int[] row, int rowAt, int[] out, int outAt, int count, boolean add) {
    if (add) {
      for (int j = 0; j < count; j++) {
        out[outAt + j] += row[rowAt + j];
      }
    } else {
      System.arraycopy(row, rowAt, out, outAt, count);
    }
  }

  @Override
  public void taps(
      int[] source,
      int base,
      int[] offsets,
      int first,
      int taps,
      int[] weights,
      int weightsAt,
      int[] sums,
      int count) {
    Arrays.fill(sums, 0, count, 0);
    int k = 0;
    for (; k + 4 <= taps; k += 4) {
      int w = weightsAt + k;
      int t = first + k;
      addFour(
          weights[w],
          weights[w + 1],
          weights[w + 2],
          weights[w + 3],
          source,
          base + offsets[t],
          base + offsets[t + 1],
          base + offsets[t + 2],
          base + offsets[t + 3],
          sums,
          count);
    }
    for (; k < taps; k++) {
      addOne(weights[weightsAt + k], source, base + offsets[first + k], sums, count);
    }
  }

  private static void addFour(
      int a0,
      int a1,
      int a2,
      int a3,
      int[] b,
      int b0,
      int b1,
      int b2,
      int b3,
      int[] sums,
      int count) {
    for (int j = 0; j < count; j++) {
      sums[j] = sums[j] + a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
    }
  }

  private static void addOne(int factor, int[] b, int at, int[] sums, int count) {
    for (int j = 0; j < count; j++) {
      sums[j] += factor * b[at + j];
    }
  }
}
