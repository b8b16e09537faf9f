package org.zkc.passes.quantize;

import org.zkc.ir.IntegerType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Sums over samples of a value and of the integers that stand for it, all that its entry in a
 * report needs.
 */
final class FidelityStatistics {
  /**
   * The least variance, as a share of the mean square, of a value about which R^2 says anything.
   */
  private static final double LEAST_VARIANCE = 1e-6;

  /**
   * The least R^2 that is told: below it, how much worse than the mean a program is makes no
   * difference any more.
   */
  private static final double LEAST = -1e6;

  private final double[] sum;
  private final double[] squares;
  private final int row;
  private final int layer;
  private final boolean isExact;
  private double error;
  private double product;
  private double norm;
  private double otherNorm;
  private long rows;
  private long agreeing;
  private long equal;
  private int samples;

  /**
   * @param value of the tensor-level program
   */
  FidelityStatistics(Value value, int layer) {
    Shape shape = value.shape();
    this.layer = layer;
    this.isExact = TensorAnalysis.isExact(value);
    int count = Math.toIntExact(shape.elementCount());
    sum = new double[count];
    squares = new double[count];
    row = isExact || shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1);
  }

  void add(float[] reals, int[] integers, IntegerType type) {
    samples++;
    double scale = type.scale();
    // Sums in local variables stay in registers.
    double sumOfErrors = error;
    double sumOfProducts = product;
    double sumOfSquares = norm;
    double sumOfOthers = otherNorm;
    long sames = equal;
    for (int i = 0; i < sum.length; i++) {
      double y = reals[i];
      double z = integers[i] * scale;
      sum[i] += y;
      squares[i] += y * y;
      sumOfErrors += (z - y) * (z - y);
      sumOfProducts += y * z;
      sumOfSquares += y * y;
      sumOfOthers += z * z;
      sames += y == z ? 1 : 0;
    }
    error = sumOfErrors;
    product = sumOfProducts;
    norm = sumOfSquares;
    otherNorm = sumOfOthers;
    equal = sames;
    for (int from = 0; row > 1 && from < sum.length; from += row) {
      int best = from;
      int other = from;
      for (int i = from + 1; i < from + row; i++) {
        best = reals[i] > reals[best] ? i : best;
        other = integers[i] > integers[other] ? i : other;
      }
      rows++;
      agreeing += best == other ? 1 : 0;
    }
  }

  int samples() {
    return samples;
  }

  /** The sum of squares of elements less their means over the samples. */
  double variance() {
    double variance = 0;
    for (int i = 0; i < sum.length; i++) {
      variance += squares[i] - sum[i] * sum[i] / samples;
    }
    return variance;
  }

  FidelityReport.Entry entry(String name) {
    double variance = variance();
    double least = Math.max(LEAST_VARIANCE * norm, Double.MIN_NORMAL);
    double rSquared = error == 0 ? 1 : Math.max(LEAST, 1 - error / Math.max(variance, least));
    double cosine =
        norm == 0 || otherNorm == 0
            ? (norm == otherNorm ? 1 : 0)
            : product / Math.sqrt(norm * otherNorm);
    return new FidelityReport.Entry(
        name,
        layer,
        rSquared,
        variance > least,
        norm == 0 ? 0 : Math.sqrt(Math.max(0, variance) / norm),
        cosine,
        rows == 0 ? Double.NaN : (double) agreeing / rows,
        isExact ? (double) equal / Math.max(1, (long) samples * sum.length) : Double.NaN);
  }
}
