package org.zkc.ir.interpret;

import java.util.Arrays;

/**
 * C = A B in single precision, blocked. The order of every addition is fixed: within a block of
 * {@value #DEPTH} terms from first to last, then block by block; it depends on the depth of the
 * product only, so the result is the same bit for bit on every machine. The inner loops run along
 * columns, over rows that are arrays of their own, which is the form that HotSpot turns into vector
 * instructions (separate multiplications and additions: a fused one would be emulated where the
 * processor has none).
 */
final class FloatMatrixProduct {
  /** Columns in a panel: a panel of B and two rows of C then stay in the second-level cache. */
  private static final int COLUMNS = 128;

  /**
   * Terms summed before the partial sum joins the total; also bounds the rounding error of long
   * sums.
   */
  private static final int DEPTH = 256;

  private final float[][] panel = new float[DEPTH][COLUMNS];
  private final float[] first = new float[COLUMNS];
  private final float[] second = new float[COLUMNS];

  /** The right operand, fetched panel by panel so that it need not exist as a whole. */
  @FunctionalInterface
  interface Panels {
    /** Sets {@code panel[k][j]} to B[firstRow + k][firstColumn + j] for k < rows, j < columns. */
    void fill(float[][] panel, int firstRow, int rows, int firstColumn, int columns);
  }

  /** A weight matrix [columns, depth] from {@code offset} on, read as its transpose. */
  static Panels transposed(float[] matrix, int offset, int depth) {
    return (panel, firstRow, rows, firstColumn, columns) -> {
      for (int j = 0; j < columns; j++) {
        int from = offset + (firstColumn + j) * depth + firstRow;
        for (int k = 0; k < rows; k++) {
          panel[k][j] = matrix[from + k];
        }
      }
    };
  }

  /**
   * {@code out[outOffset + i * n + j] = sum_k a[aOffset + i * depth + k] B[k][j]} for i < m, j < n.
   */
  void multiply(
      float[] a, int aOffset, int m, int depth, Panels b, int n, float[] out, int outOffset) {
    for (int j0 = 0; j0 < n; j0 += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j0);
      if (depth == 0) {
        for (int i = 0; i < m; i++) {
          Arrays.fill(out, outOffset + i * n + j0, outOffset + i * n + j0 + columns, 0f);
        }
      }
      for (int k0 = 0; k0 < depth; k0 += DEPTH) {
        int rows = Math.min(DEPTH, depth - k0);
        b.fill(panel, k0, rows, j0, columns);
        for (int i = 0; i < m; i += 2) {
          int top = aOffset + i * depth + k0;
          if (i + 1 < m) {
            twoRows(a, top, top + depth, rows, columns);
            store(second, out, outOffset + (i + 1) * n + j0, columns, k0 > 0);
          } else {
            oneRow(a, top, rows, columns);
          }
          store(first, out, outOffset + i * n + j0, columns, k0 > 0);
        }
      }
    }
  }

  private static void store(float[] row, float[] out, int offset, int columns, boolean add) {
    if (add) {
      for (int j = 0; j < columns; j++) {
        out[offset + j] += row[j];
      }
    } else {
      System.arraycopy(row, 0, out, offset, columns);
    }
  }

  private void twoRows(float[] a, int top, int bottom, int rows, int columns) {
    Arrays.fill(first, 0, columns, 0f);
    Arrays.fill(second, 0, columns, 0f);
    int k = 0;
    for (; k + 4 <= rows; k += 4) {
      int p = top + k;
      int q = bottom + k;
      addFour(
          first, panel, k, a[p], a[p + 1], a[p + 2], a[p + 3], second, a[q], a[q + 1], a[q + 2],
          a[q + 3], columns);
    }
    for (; k < rows; k++) {
      addOne(first, panel[k], a[top + k], columns);
      addOne(second, panel[k], a[bottom + k], columns);
    }
  }

  private static void addFour(
      float[] c,
      float[][] panel,
      int k,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] d,
      float e0,
      float e1,
      float e2,
      float e3,
      int columns) {
    float[] b0 = panel[k];
    float[] b1 = panel[k + 1];
    float[] b2 = panel[k + 2];
    float[] b3 = panel[k + 3];
    for (int j = 0; j < columns; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c[j] = c[j] + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
      d[j] = d[j] + e0 * x0 + e1 * x1 + e2 * x2 + e3 * x3;
    }
  }

  private void oneRow(float[] a, int top, int rows, int columns) {
    Arrays.fill(first, 0, columns, 0f);
    for (int k = 0; k < rows; k++) {
      addOne(first, panel[k], a[top + k], columns);
    }
  }

  private static void addOne(float[] c, float[] b, float factor, int columns) {
    for (int j = 0; j < columns; j++) {
      c[j] = c[j] + factor * b[j];
    }
  }
}
