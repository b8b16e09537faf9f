package org.zkc.passes.quantize;

import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;

/**
 * The statistics that the choice of a scale for real weights needs, per slice along axis 0 (output
 * channel).
 *
 * @param fanIn weights per channel
 * @param greatest |w| of the channel's largest weight
 * @param positive sum of its positive weights
 * @param negative minus the sum of its negative weights
 * @param norms the 2-norm of its weights
 */
record WeightStatistics(
    long fanIn, double[] greatest, double[] positive, double[] negative, double[] norms) {
  private static final int PART = 1 << 13;

  /** Weights of a task. */
  private static final long TOGETHER = 1 << 16;

  /** One pass over the weights. */
  static WeightStatistics of(TensorData data) {
    return of(data, TaskRunner.CALLER);
  }

  /** The same, several channels at a time. */
  static WeightStatistics of(TensorData data, TaskRunner tasks) {
    int channels = data.shape().extent(0);
    long row = channels == 0 ? 0 : data.elementCount() / channels;
    double[] greatest = new double[channels];
    double[] positive = new double[channels];
    double[] negative = new double[channels];
    double[] norms = new double[channels];
    int together = (int) Math.clamp(TOGETHER / Math.max(1, row), 1, Math.max(1, channels));
    tasks.forEach(
        (channels + together - 1) / together,
        task -> {
          float[] weights = new float[(int) Math.min(PART, row)];
          for (int c = task * together; c < Math.min(channels, (task + 1) * together); c++) {
            float max = 0;
            double up = 0;
            double down = 0;
            double squares = 0;
            for (long first = 0; first < row; first += weights.length) {
              int count = (int) Math.min(weights.length, row - first);
              data.copyFloats(c * row + first, weights, count);
              for (int i = 0; i < count; i++) {
                max = Math.max(max, Math.abs(weights[i]));
              }
              // Without a branch on the sign, which a processor cannot foresee: + 0 changes no sum.
              for (int i = 0; i < count; i++) {
                double w = weights[i];
                up += Math.max(w, 0);
                down -= Math.min(w, 0);
                squares += w * w;
              }
            }
            greatest[c] = max;
            positive[c] = up;
            negative[c] = down;
            norms[c] = Math.sqrt(squares);
          }
        });
    return new WeightStatistics(row, greatest, positive, negative, norms);
  }

  int channels() {
    return greatest.length;
  }

  /** The largest sum of |w| over a channel, in units of its own largest |w|; at least 1. */
  double largestSum() {
    double most = 1;
    for (int c = 0; c < channels(); c++) {
      if (greatest[c] > 0) {
        most = Math.max(most, (positive[c] + negative[c]) / greatest[c]);
      }
    }
    return most;
  }

  /**
   * The |w| that sets the resolution: the largest weight of the weakest channel, but no less than
   * 2^-{@code cap} of the largest of all (channels below that are all but dead, and need not keep
   * every bit).
   */
  double reference(int cap) {
    double most = 0;
    for (double g : greatest) {
      most = Math.max(most, g);
    }
    double least = most;
    for (double g : greatest) {
      if (g > 0) {
        least = Math.min(least, g);
      }
    }
    return Math.max(least, Math.scalb(most, -cap));
  }
}
