package org.zkc.ir.kernel;

import java.util.Arrays;

/** MatrixLoops over {@code float} that HotSpot turns into vector instructions where it can. */
class PlainFloatLoops implements MatrixLoops<float[]> {
  /** Wide enough for the loop that HotSpot makes of it, small enough for few positions. */
  private static final int COLUMNS = 128;

  @Override
  public float[] newArray(int length) {
    return new float[length];
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void copy(float[] in, int from, int step, float[] out, int to, int count) {
    if (step == 1) {
      System.arraycopy(in, from, out, to, count);
    } else {
      for (int i = 0; i < count; i++) {
        out[to + i] = in[from + i * step];
      }
    }
  }

  @Override
  public void pack(
      float[] source,
      int base,
      int[] offsets,
      int first,
      int rows,
      Runs runs,
      float[] panel,
      int at) {
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
      float[] rows, int from, int lda, int count, int depth, float[] packed, int at) {
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
      float[] a,
      int aAt,
      int rows,
      float[] panel,
      int panelAt,
      int depth,
      float[] out,
      int outAt,
      int ldc,
      boolean add) {
    float[] sums = new float[COLUMNS];
    for (int i = 0; i < rows; i++) {
      Arrays.fill(sums, 0f);
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
  public void store(float[] row, int rowAt, float[] out, int outAt, int count, boolean add) {
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
      float[] source,
      int base,
      int[] offsets,
      int first,
      int taps,
      float[] weights,
      int weightsAt,
      float[] sums,
      int count) {
    Arrays.fill(sums, 0, count, 0f);
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
      float a0,
      float a1,
      float a2,
      float a3,
      float[] b,
      int b0,
      int b1,
      int b2,
      int b3,
      float[] sums,
      int count) {
    for (int j = 0; j < count; j++) {
      sums[j] = sums[j] + a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
    }
  }

  private static void addOne(float factor, float[] b, int at, float[] sums, int count) {
    for (int j = 0; j < count; j++) {
      sums[j] += factor * b[at + j];
    }
  }
}
