package org.zkc.ir.kernel;

/**
 * A linear map of integers: out[i, o] = sum_k input[i, k] weight[o, k], modulo 2^32. Its limit is
 * reading the weights, each of which is used once for a row of inputs.
 */
public final class IntLinear {
  private IntLinear() {}

  /** The weight matrix; read by several threads at once. */
  @FunctionalInterface
  public interface Weights {
    /** Sets {@code out} to the weights of output {@code row}. */
    void read(int row, int[] out);
  }

  /** {@code input} is [rows, depth]; the result [rows, outputs]. */
  public static int[] run(
      int[] input, int rows, int depth, int outputs, Weights weights, TaskRunner tasks) {
    int[] out = new int[Math.multiplyExact(rows, outputs)];
    int workers = Math.min(tasks.threads(), outputs);
    tasks.forEach(
        workers,
        worker -> {
          int[] row = new int[depth];
          int end = (int) ((long) outputs * (worker + 1) / workers);
          for (int o = (int) ((long) outputs * worker / workers); o < end; o++) {
            weights.read(o, row);
            for (int i = 0; i < rows; i++) {
              out[i * outputs + o] = dot(input, i * depth, row);
            }
          }
        });
    return out;
  }

  private static int dot(int[] a, int at, int[] b) {
    int sum = 0;
    for (int k = 0; k < b.length; k++) {
      sum += a[at + k] * b[k];
    }
    return sum;
  }
}
