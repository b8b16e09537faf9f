package org.zkc.passes.quantize;

import org.zkc.ir.TensorData;

/**
 * Real weights and what the choice of their scale needs, per slice along axis 0 (output channel).
 *
 * @param greatest |w| of the channel's largest weight
 * @param positive sum of its positive weights
 * @param negative minus the sum of its negative weights
 */
record WeightStatistics(float[] weights, double[] greatest, double[] positive, double[] negative) {
  static WeightStatistics of(TensorData data) {
    float[] weights = data.toFloats();
    int channels = data.shape().extent(0);
    int row = channels == 0 ? 0 : weights.length / channels;
    double[] greatest = new double[channels];
    double[] positive = new double[channels];
    double[] negative = new double[channels];
    for (int c = 0; c < channels; c++) {
      double max = 0;
      double up = 0;
      double down = 0;
      for (int i = c * row; i < (c + 1) * row; i++) {
        double w = weights[i];
        max = Math.max(max, Math.abs(w));
        up += Math.max(w, 0);
        down -= Math.min(w, 0);
      }
      greatest[c] = max;
      positive[c] = up;
      negative[c] = down;
    }
    return new WeightStatistics(weights, greatest, positive, negative);
  }

  int channels() {
    return greatest.length;
  }

  /** Weights per channel. */
  int fanIn() {
    return greatest.length == 0 ? 0 : weights.length / greatest.length;
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
