package org.zkc.passes.quantize;

import java.util.Arrays;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/**
 * Statistics of calibration about one floating-point value, gathered sample by sample: extremes,
 * energy, a histogram of magnitudes, means per channel, and how much a spread of its elements
 * differs from run to run. Their memory does not grow with the number of samples and, but for the
 * histogram and a few thousand sums, not with that of elements.
 */
final class ValueStatistics {
  /** Elements whose variation is followed: enough for a mean that is exact to a few per cent. */
  private static final int MOST_FOLLOWED = 1 << 13;

  private final Value value;
  private final MagnitudeHistogram histogram = new MagnitudeHistogram();
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private double squares;
  private long count;

  /** Sums per index of the axis that means are wanted of; one sum of all where none is. */
  private final double[] sums;

  /** The same sums, each line divided by its energy, where the axis is the last. */
  private final double[] typical;

  private double typicalCount;

  /** Elements between neighbours on that axis. */
  private final int inner;

  /** Elements between neighbours of those followed. */
  private final int stride;

  private final double[] followedSums;
  private final double[] followedSquares;
  private int runs;

  /**
   * @param axis of which means are wanted, or -1
   */
  ValueStatistics(Value value, int axis) {
    this.value = value;
    int elements = Math.toIntExact(value.shape().elementCount());
    stride = Math.max(1, elements / MOST_FOLLOWED);
    int followed = (elements + stride - 1) / stride;
    followedSums = new double[followed];
    followedSquares = new double[followed];
    sums = new double[axis < 0 ? 1 : value.shape().extent(axis)];
    typical = new double[axis < 0 || axis + 1 < value.shape().rank() ? 0 : sums.length];
    inner = axis < 0 ? Math.max(1, elements) : (int) value.shape().strides()[axis];
  }

  /**
   * A run on a sample.
   *
   * @throws UserException when an element is NaN or infinite
   */
  void add(float[] elements) {
    for (int start = 0; start < elements.length; start += inner) {
      int end = Math.min(start + inner, elements.length);
      sums[start / inner % sums.length] += sum(elements, start, end);
    }
    // The square of a finite float is far from overflow in double precision.
    if (!Double.isFinite(squares)) {
      refuse(elements);
    }
    for (int line = 0; typical.length > 0 && line < elements.length; line += typical.length) {
      addLine(elements, line);
    }
    histogram.add(elements);
    count += elements.length;
    follow(elements);
  }

  private void addLine(float[] elements, int first) {
    double energy = 0;
    for (int c = 0; c < typical.length; c++) {
      energy += (double) elements[first + c] * elements[first + c];
    }
    if (energy > 0) {
      double weight = 1 / energy;
      typicalCount += weight;
      for (int c = 0; c < typical.length; c++) {
        typical[c] += weight * elements[first + c];
      }
    }
  }

  // Comparisons instead of Math.min and max, which take several times as long.
  private double sum(float[] elements, int start, int end) {
    double sum = 0;
    double ofSquares = squares;
    double least = min;
    double greatest = max;
    for (int i = start; i < end; i++) {
      double e = elements[i];
      if (e < least) {
        least = e;
      }
      if (e > greatest) {
        greatest = e;
      }
      ofSquares += e * e;
      sum += e;
    }
    min = least;
    max = greatest;
    squares = ofSquares;
    return sum;
  }

  private void refuse(float[] elements) {
    for (float e : elements) {
      if (!Float.isFinite(e)) {
        throw new UserException(
            "calibration met "
                + e
                + " in value "
                + value
                + "; check the model and the calibration data for overflow");
      }
    }
  }

  /** A run that only says how much elements vary. */
  void follow(float[] elements) {
    for (int k = 0; k < followedSums.length; k++) {
      double e = elements[k * stride];
      followedSums[k] += e;
      followedSquares[k] += e * e;
    }
    runs++;
  }

  /** The least element of all samples; infinite where there was none. */
  double min() {
    return min;
  }

  /** The greatest element of all samples; -infinity where there was none. */
  double max() {
    return max;
  }

  double[] means() {
    return Arrays.stream(sums).map(s -> s * sums.length / Math.max(1, count)).toArray();
  }

  /**
   * Means in which a line along the axis counts by the inverse of its energy, where that axis is
   * the last: a token that is a thousand times larger than others says nothing of these.
   */
  double[] typicalMeans() {
    return typicalCount == 0
        ? means()
        : Arrays.stream(typical).map(s -> s / typicalCount).toArray();
  }

  Ranges.Range range() {
    return count == 0
        ? new Ranges.Range(0, 0, 0, 0, histogram)
        : new Ranges.Range(min, max, variation(), squares / count, histogram);
  }

  /** The unbiased variance of an element from run to run, in the mean over those followed. */
  private double variation() {
    double unexplained = 0;
    for (int k = 0; k < followedSums.length; k++) {
      unexplained += followedSquares[k] - followedSums[k] * followedSums[k] / runs;
    }
    return runs < 2 ? 0 : Math.max(0, unexplained) / ((runs - 1.0) * followedSums.length);
  }
}
