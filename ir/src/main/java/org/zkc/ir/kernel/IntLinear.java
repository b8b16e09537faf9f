package org.zkc.ir.kernel;

import java.util.Optional;

/**
 * A linear map of integers: out[i, o] = sum_k input[i, k] weight[o, k], modulo 2^32. With few rows
 * its limit is reading the weights, each of which is used once for a row of inputs.
 */
public final class IntLinear {
  /** Multiplications of a piece at least: some ten microseconds. */
  private static final int LEAST_PIECE = 1 << 17;

  /** Pieces for each thread: the last one to be done is waited for by the others. */
  private static final int PIECES_OF_A_THREAD = 4;

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
    Optional<IntTiles> tiles =
        IntTiles.of(IntTiles.loops(1, rows, depth, outputs), 1, rows, depth, outputs);
    if (tiles.isPresent()) {
      tiles.get().run(input, 1, (matrix, row, to) -> weights.read(row, to), out, tasks);
      return out;
    }
    int pieces = pieces(outputs, (long) depth * rows, tasks);
    tasks.forEach(
        pieces,
        piece -> {
          int[] row = new int[depth];
          int end = (int) ((long) outputs * (piece + 1) / pieces);
          for (int o = (int) ((long) outputs * piece / pieces); o < end; o++) {
            weights.read(o, row);
            for (int i = 0; i < rows; i++) {
              out[i * outputs + o] = dot(input, i * depth, row);
            }
          }
        });
    return out;
  }

  /** Pieces of outputs of so many multiplications each, for several threads where they are many. */
  static int pieces(int outputs, long each, TaskRunner tasks) {
    if (tasks.threads() == 1) {
      return 1;
    }
    long most = Math.min(outputs, (long) PIECES_OF_A_THREAD * tasks.threads());
    return (int) Math.clamp(outputs * each / LEAST_PIECE, 1, Math.max(1, most));
  }

  private static int dot(int[] a, int at, int[] b) {
    int sum = 0;
    for (int k = 0; k < b.length; k++) {
      sum += a[at + k] * b[k];
    }
    return sum;
  }
}
