package org.zkc.ir.kernel;

import java.util.Optional;

/**
 * Products of integer matrices by the tiles of {@link MatrixLoops}: out[b, i, o] = sum_k left[b, i,
 * k] right[b, o, k], modulo 2^32. The rows of the left factor are interleaved once; panels of the
 * right one, {@link MatrixLoops#columns()} of its rows each, are made one by one and meet all of
 * them. Measured on an EPYC with 256-bit units, a multiplication takes half the time of one in a
 * dot product of 768 terms, and a quarter of one in a dot product of 64.
 */
final class IntTiles {
  /** Rows of the left factor from which on making the panels pays. */
  static final int LEAST_ROWS = 16;

  /** Terms up to which a thread's panel takes a few megabytes. */
  private static final int MOST_DEPTH = 1 << 16;

  private static final int DEPTH = BlockedConvolution.DEPTH;

  /** Rows of a panel that are written side by side. */
  private static final int TOGETHER = 4;

  /**
   * Dot products take a quarter of the time of the plain loops by whose work {@link LoopChoice}
   * counts.
   */
  private static final int DOTS_FOR_A_PLAIN_STEP = 4;

  private final MatrixLoops<int[]> loops;
  private final int rows;
  private final int depth;
  private final int outputs;

  IntTiles(MatrixLoops<int[]> loops, int rows, int depth, int outputs) {
    this.loops = loops;
    this.rows = rows;
    this.depth = depth;
    this.outputs = outputs;
  }

  /** The right factors; read by several threads at once. */
  @FunctionalInterface
  interface Right {
    /** Sets {@code out} to row {@code row} of matrix {@code matrix}. */
    void read(int matrix, int row, int[] out);
  }

  /** The loops for a product that is one of dot products where it has no tiles. */
  static MatrixLoops<int[]> loops(int batch, int rows, int depth, int outputs) {
    return LoopChoice.ints((long) batch * rows * depth * outputs / DOTS_FOR_A_PLAIN_STEP);
  }

  /**
   * The tiles for a product of this shape, where they are faster than dot products: by vector
   * loops, with rows enough.
   */
  static Optional<IntTiles> of(
      MatrixLoops<int[]> loops, int batch, int rows, int depth, int outputs) {
    long padded = (long) batch * (rows + MatrixLoops.ROWS) * depth;
    return loops instanceof VectorIntLoops
            && rows >= LEAST_ROWS
            && depth > 0
            && depth <= MOST_DEPTH
            && padded <= Integer.MAX_VALUE
        ? Optional.of(new IntTiles(loops, rows, depth, outputs))
        : Optional.empty();
  }

  /**
   * Sets {@code out}, [batch, rows, outputs], to the products.
   *
   * @param left [batch, rows, depth]
   */
  void run(int[] left, int batch, Right right, int[] out, TaskRunner tasks) {
    InterleavedRows<int[]> interleaved = InterleavedRows.of(left, batch, rows, depth, loops, tasks);
    int panels = (outputs + loops.columns() - 1) / loops.columns();
    int pieces = Math.multiplyExact(batch, panels);
    int workers = Math.min(tasks.threads(), pieces);
    tasks.forEach(
        workers,
        worker -> {
          Panel panel = new Panel(interleaved, right, out);
          int end = (int) ((long) pieces * (worker + 1) / workers);
          for (int piece = (int) ((long) pieces * worker / workers); piece < end; piece++) {
            panel.run(piece / panels, piece % panels * loops.columns());
          }
        });
  }

  /** One thread's panel and buffers. */
  private final class Panel {
    private final InterleavedRows<int[]> left;
    private final Right right;
    private final int[] out;
    private final int columns = loops.columns();
    private final int[][] read = new int[TOGETHER][depth];
    private final int[] panel = new int[columns * depth];
    private final int[] edge = new int[MatrixLoops.ROWS * columns];

    Panel(InterleavedRows<int[]> left, Right right, int[] out) {
      this.left = left;
      this.right = right;
      this.out = out;
    }

    /** All rows of a matrix at outputs [first, first + columns), or as many as there are. */
    void run(int matrix, int first) {
      int wide = Math.min(columns, outputs - first);
      fill(matrix, first, wide);
      for (int k = 0; k < depth; k += DEPTH) {
        int terms = Math.min(DEPTH, depth - k);
        for (int row = 0; row < rows; row += MatrixLoops.ROWS) {
          int high = Math.min(MatrixLoops.ROWS, rows - row);
          int at = left.at(matrix, row / MatrixLoops.ROWS, k, terms);
          int to = (matrix * rows + row) * outputs + first;
          if (wide == columns) {
            tile(at, high, k, terms, out, to, outputs, k > 0);
          } else {
            tile(at, high, k, terms, edge, 0, columns, false);
            for (int i = 0; i < high; i++) {
              loops.store(edge, i * columns, out, to + i * outputs, wide, k > 0);
            }
          }
        }
      }
    }

    private void tile(
        int at, int high, int k, int terms, int[] result, int to, int step, boolean add) {
      loops.tile(left.elements(), at, high, panel, k * columns, terms, result, to, step, add);
    }

    /** Columns past {@code wide} hold what was read before, and are not used. */
    private void fill(int matrix, int first, int wide) {
      for (int j = 0; j < wide; j += TOGETHER) {
        int count = Math.min(TOGETHER, wide - j);
        for (int i = 0; i < count; i++) {
          right.read(matrix, first + j + i, read[i]);
        }
        int[] row0 = read[0];
        int[] row1 = read[1];
        int[] row2 = read[2];
        int[] row3 = read[3];
        for (int k = 0; k < depth; k++) {
          int to = k * columns + j;
          panel[to] = row0[k];
          panel[to + 1] = row1[k];
          panel[to + 2] = row2[k];
          panel[to + 3] = row3[k];
        }
      }
    }
  }
}
