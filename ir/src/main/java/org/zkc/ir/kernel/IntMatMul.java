package org.zkc.ir.kernel;

import java.util.Optional;
import org.zkc.ir.Shape;

/**
 * Product of two batches of integer matrices: out[b, t, o] = sum_i left[b, t, i] right[b, o, i],
 * modulo 2^32. Right without leading axes belongs to every batch. A few rows of the right factor
 * stay in the cache while all rows of the left one pass.
 */
public final class IntMatMul {
  /** Rows of the right factor that are taken together. */
  private static final int BLOCK = 8;

  private IntMatMul() {}

  /** {@code left} is [B..., T, I]; {@code right} [B..., O, I], or [O, I]; the result row-major. */
  public static int[] run(
      int[] left, Shape leftShape, int[] right, Shape rightShape, TaskRunner tasks) {
    int rank = rightShape.rank();
    int depth = rightShape.extent(rank - 1);
    int outputs = rightShape.extent(rank - 2);
    long batch = 1;
    for (int axis = 0; axis < rank - 2; axis++) {
      batch *= rightShape.extent(axis);
    }
    long lines = 1;
    for (int axis = 0; axis < leftShape.rank() - 1; axis++) {
      lines *= leftShape.extent(axis);
    }
    int[] out = new int[Math.toIntExact(Math.multiplyExact(lines, (long) outputs))];
    if (out.length == 0) {
      return out;
    }
    int rows = (int) (lines / batch);
    Optional<IntTiles> tiles =
        IntTiles.of(
            IntTiles.loops((int) batch, rows, depth, outputs), (int) batch, rows, depth, outputs);
    if (tiles.isPresent()) {
      tiles
          .get()
          .run(
              left,
              (int) batch,
              (matrix, row, to) ->
                  System.arraycopy(right, (matrix * outputs + row) * depth, to, 0, depth),
              out,
              tasks);
      return out;
    }
    int blocks = (outputs + BLOCK - 1) / BLOCK;
    int pieces = Math.toIntExact(batch * blocks);
    int workers = Math.min(tasks.threads(), pieces);
    tasks.forEach(
        workers,
        worker -> {
          int end = (int) ((long) pieces * (worker + 1) / workers);
          for (int piece = (int) ((long) pieces * worker / workers); piece < end; piece++) {
            int b = piece / blocks;
            int first = piece % blocks * BLOCK;
            int last = Math.min(outputs, first + BLOCK);
            for (int t = b * rows; t < (b + 1) * rows; t++) {
              for (int o = first; o < last; o++) {
                out[t * outputs + o] =
                    dot(left, t * depth, right, (b * outputs + o) * depth, depth);
              }
            }
          }
        });
    return out;
  }

  private static int dot(int[] a, int at, int[] b, int from, int count) {
    int sum = 0;
    for (int k = 0; k < count; k++) {
      sum += a[at + k] * b[from + k];
    }
    return sum;
  }
}
