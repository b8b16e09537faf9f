package org.zkc.runtime.execute;

/**
 * Exact integer matrix products with plain loops that the compiler vectorises. Sums wrap modulo
 * 2^32, which loses nothing: every result is known to lie inside (-2^30, 2^30), whatever partial
 * sums do.
 */
final class IntMatrices {
  /** Rows of b in one block: 64 rows of up to 1024 columns stay in the second-level cache. */
  private static final int DEPTH = 64;

  private IntMatrices() {}

  /**
   * c[i, j] += sum_k a[i, k] b[k, j] for i < m, j < n, k < depth. Matrices are row-major from their
   * offset, consecutive rows lda, ldb, ldc apart. Best when n is long.
   */
  static void multiplyAdd(
      int m,
      int n,
      int depth,
      int[] a,
      int aAt,
      int lda,
      int[] b,
      int bAt,
      int ldb,
      int[] c,
      int cAt,
      int ldc) {
    for (int k0 = 0; k0 < depth; k0 += DEPTH) {
      int k1 = Math.min(depth, k0 + DEPTH);
      for (int i = 0; i < m; i++) {
        int row = aAt + i * lda;
        int out = cAt + i * ldc;
        int k = k0;
        for (; k + 8 <= k1; k += 8) {
          eightRows(a, row + k, b, bAt + k * ldb, ldb, c, out, n);
        }
        for (; k < k1; k++) {
          oneRow(a[row + k], b, bAt + k * ldb, c, out, n);
        }
      }
    }
  }

  private static void eightRows(
      int[] a, int aAt, int[] b, int b0, int ldb, int[] c, int cAt, int n) {
    int a0 = a[aAt];
    int a1 = a[aAt + 1];
    int a2 = a[aAt + 2];
    int a3 = a[aAt + 3];
    int a4 = a[aAt + 4];
    int a5 = a[aAt + 5];
    int a6 = a[aAt + 6];
    int a7 = a[aAt + 7];
    // Activations after a ReLU are often zero over whole stretches.
    if ((a0 | a1 | a2 | a3 | a4 | a5 | a6 | a7) == 0) {
      return;
    }
    int b1 = b0 + ldb;
    int b2 = b1 + ldb;
    int b3 = b2 + ldb;
    int b4 = b3 + ldb;
    int b5 = b4 + ldb;
    int b6 = b5 + ldb;
    int b7 = b6 + ldb;
    for (int j = 0; j < n; j++) {
      c[cAt + j] +=
          a0 * b[b0 + j]
              + a1 * b[b1 + j]
              + a2 * b[b2 + j]
              + a3 * b[b3 + j]
              + a4 * b[b4 + j]
              + a5 * b[b5 + j]
              + a6 * b[b6 + j]
              + a7 * b[b7 + j];
    }
  }

  private static void oneRow(int a, int[] b, int bAt, int[] c, int cAt, int n) {
    for (int j = 0; j < n; j++) {
      c[cAt + j] += a * b[bAt + j];
    }
  }

  /** The transpose of a row-major matrix, in blocks that stay in the first-level cache. */
  static int[] transpose(int[] a, int aAt, int rows, int columns) {
    int[] out = new int[rows * columns];
    int block = 32;
    for (int i0 = 0; i0 < rows; i0 += block) {
      for (int j0 = 0; j0 < columns; j0 += block) {
        int i1 = Math.min(rows, i0 + block);
        int j1 = Math.min(columns, j0 + block);
        for (int i = i0; i < i1; i++) {
          for (int j = j0; j < j1; j++) {
            out[j * rows + i] = a[aAt + i * columns + j];
          }
        }
      }
    }
    return out;
  }
}
