package org.zkc.passes.generation;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/** Products and sums of products on the numbers of {@link TokenDependence}. */
final class DependenceProducts {
  private static final int MIXED = Integer.MIN_VALUE;

  private DependenceProducts() {}

  /** Reads the numbers of a row of a right factor. */
  @FunctionalInterface
  private interface Rows {
    void read(int row, int[] out);
  }

  /**
   * Right factors [batch, outputs, depth], rows read one at a time.
   *
   * @param isConstant whether no element depends on a token, and reading is dear
   */
  record Matrices(int batch, int outputs, int depth, boolean isConstant, Rows rows) {
    /** Computed matrices; the axes before the last two count them. */
    static Matrices of(Shape shape, int[] numbers) {
      int depth = shape.extent(shape.rank() - 1);
      int outputs = shape.extent(shape.rank() - 2);
      int batch = numbers.length / Math.max(1, depth * outputs);
      return new Matrices(
          batch,
          outputs,
          depth,
          false,
          (row, out) -> System.arraycopy(numbers, row * depth, out, 0, depth));
    }

    /** A parameter's matrix [outputs, depth]. */
    static Matrices of(TensorData weights) {
      int depth = weights.shape().extent(1);
      return new Matrices(
          1,
          weights.shape().extent(0),
          depth,
          true,
          (row, out) -> {
            float[] elements = new float[depth];
            weights.copyFloats((long) row * depth, elements, depth);
            for (int i = 0; i < depth; i++) {
              out[i] = elements[i] == 0 ? TokenDependence.ZERO : TokenDependence.NONZERO;
            }
          });
    }
  }

  /** Products of elements: 0 where a factor is. */
  static int[] products(int[] left, int[] right) {
    int[] out = new int[left.length];
    Arrays.setAll(out, i -> product(left[i], right[i]));
    return out;
  }

  private static int product(int left, int right) {
    return left == TokenDependence.ZERO || right == TokenDependence.ZERO
        ? TokenDependence.ZERO
        : TokenDependence.join(left, right);
  }

  private static int sum(int left, int right) {
    return left == TokenDependence.ZERO
        ? right
        : right == TokenDependence.ZERO ? left : TokenDependence.join(left, right);
  }

  /**
   * y[n, t, o] = sum over s of left[n, t, s] right[n, o, s]. Rows of one number, which are almost
   * all, cost one step for each output.
   *
   * @param result [..., outputs]
   */
  static int[] matMul(Shape result, int[] left, Matrices right) {
    int[] out = new int[Math.toIntExact(result.elementCount())];
    int depth = right.depth();
    int rows = out.length / Math.max(1, right.outputs()) / Math.max(1, right.batch());
    int[] row = new int[depth];
    for (int n = 0; n < right.batch(); n++) {
      int firstRow = n * rows;
      int[] uniform = new int[rows];
      boolean reads = !right.isConstant();
      for (int t = 0; t < rows; t++) {
        int from = (firstRow + t) * depth;
        uniform[t] = uniform(i -> left[from + i], depth);
        reads |= uniform[t] == MIXED;
      }
      for (int o = 0; o < right.outputs(); o++) {
        if (reads) {
          right.rows().read(n * right.outputs() + o, row);
        }
        int ofRow = reads ? uniform(i -> row[i], depth) : TokenDependence.NONZERO;
        for (int t = 0; t < rows; t++) {
          int from = (firstRow + t) * depth;
          int y = TokenDependence.ZERO;
          if (uniform[t] != MIXED && ofRow != MIXED) {
            y = depth == 0 ? y : product(uniform[t], ofRow);
          } else {
            for (int s = 0; s < depth; s++) {
              y = sum(y, product(left[from + s], row[s]));
            }
          }
          out[(firstRow + t) * right.outputs() + o] = y;
        }
      }
    }
    return out;
  }

  /** The number that all have, or {@link #MIXED}. */
  private static int uniform(IntUnaryOperator numbers, int count) {
    for (int i = 1; i < count; i++) {
      if (numbers.applyAsInt(i) != numbers.applyAsInt(0)) {
        return MIXED;
      }
    }
    return count == 0 ? TokenDependence.ZERO : numbers.applyAsInt(0);
  }
}
