package org.zkc.ir.kernel;

/**
 * Linear map in single precision: out[i, o] = sum_k input[i, k] weight[o, k], summed like {@link
 * FloatConvolution}. The weights are fetched row by row, so that they need not exist as one array.
 */
public final class FloatLinear {
  private static final int DEPTH = BlockedConvolution.DEPTH;

  private FloatLinear() {}

  /** The weight matrix. */
  @FunctionalInterface
  public interface Weights {
    /** {@code out[i] = weight[row, first + i]} for i < count. */
    void read(int row, int first, int count, float[] out);
  }

  /** {@code input} is [rows, depth]; the result [rows, outputs]. */
  public static float[] run(
      float[] input, int rows, int depth, int outputs, Weights weights, TaskRunner tasks) {
    MatrixLoops<float[]> loops = LoopChoice.floats((long) rows * depth * outputs);
    return run(input, rows, depth, outputs, weights, loops, tasks);
  }

  static float[] run(
      float[] input,
      int rows,
      int depth,
      int outputs,
      Weights weights,
      MatrixLoops<float[]> loops,
      TaskRunner tasks) {
    float[] out = new float[Math.multiplyExact(rows, outputs)];
    int columns = loops.columns();
    int panels = (outputs + columns - 1) / columns;
    int workers = Math.min(tasks.threads(), Math.max(1, panels));
    InterleavedRows<float[]> left = InterleavedRows.of(input, 1, rows, depth, loops, tasks);
    tasks.forEach(
        workers,
        worker -> {
          int first = (int) ((long) panels * worker / workers) * columns;
          int end = (int) Math.min(outputs, (long) panels * (worker + 1) / workers * columns);
          outputs(left, rows, depth, outputs, weights, loops, first, end, out);
        });
    return out;
  }

  /** Outputs [first, end) of each row, {@code first} a multiple of the loops' columns. */
  private static void outputs(
      InterleavedRows<float[]> input,
      int rows,
      int depth,
      int outputs,
      Weights weights,
      MatrixLoops<float[]> loops,
      int first,
      int end,
      float[] out) {
    int columns = loops.columns();
    float[] panel = new float[Math.min(DEPTH, depth) * columns];
    float[] part = new float[Math.min(DEPTH, depth)];
    float[] edge = new float[MatrixLoops.ROWS * columns];
    for (int o = first; o < end; o += columns) {
      int wide = Math.min(columns, end - o);
      for (int k = 0; k < depth; k += DEPTH) {
        int terms = Math.min(DEPTH, depth - k);
        for (int j = 0; j < wide; j++) {
          weights.read(o + j, k, terms, part);
          for (int i = 0; i < terms; i++) {
            panel[i * columns + j] = part[i];
          }
        }
        for (int r = 0; r < rows; r += MatrixLoops.ROWS) {
          int high = Math.min(MatrixLoops.ROWS, rows - r);
          int at = input.at(0, r / MatrixLoops.ROWS, k, terms);
          loops.tile(input.elements(), at, high, panel, 0, terms, edge, 0, columns, false);
          for (int i = 0; i < high; i++) {
            loops.store(edge, i * columns, out, (r + i) * outputs + o, wide, k > 0);
          }
        }
      }
    }
  }
}
