package org.zkc.ir.tensor;

/**
 * Division of the elements along one axis by their root mean square, about 0 or about their mean.
 * As n elements have the mean square 1 then, or less, none exceeds sqrt(n).
 */
public sealed interface Standardization extends Normalization permits LayerNorm, RmsNorm {
  /** The number added to the mean square, at least 0. */
  double epsilon();

  @Override
  default Range range() {
    double most = Math.sqrt(input().shape().extent(axis()));
    return new Range(-most, most);
  }

  /** Divides by sqrt(mean square + epsilon); zeros stay where both are 0. */
  static void divideByRootMeanSquare(double[] line, double epsilon) {
    double sum = 0;
    for (double x : line) {
      sum += x * x;
    }
    double root = Math.sqrt(sum / line.length + epsilon);
    for (int i = 0; i < line.length && root > 0; i++) {
      line[i] /= root;
    }
  }
}
