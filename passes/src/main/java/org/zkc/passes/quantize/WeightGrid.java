package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Weights of which each channel holds multiples of one step: those of a quantised network. Their
 * integers are taken over exactly, times one integer a channel that stands for the ratio of scales,
 * as in integer-arithmetic-only inference (Jacob et al., Quantization and Training of Neural
 * Networks for Efficient Integer-Arithmetic-Only Inference, section 2.2).
 *
 * @param steps one a channel, axis 0; 0 where all weights are 0
 */
record WeightGrid(double[] steps) {
  /** Bits of mantissas that hold the integers times the ratios of scales. */
  static final int BITS = 16;

  /** The greatest integer: that of an unsigned byte. */
  private static final int MOST_STEPS = 255;

  /** Grids of fewer steps, as of averages and signs, say nothing. */
  private static final int FEWEST_STEPS = 8;

  /** Single precision leaves a multiple of up to 255 steps this far off, in steps. */
  private static final double TOLERANCE = 1e-4;

  /** The number of weights in a channel that are hardly ever multiples of one step by chance. */
  private static final int FEWEST_WEIGHTS = 3;

  /** Ratios of scales that are smaller are not precise to 1 %. */
  private static final int LEAST_RATIO = 64;

  /** The grid that all channels lie on; empty where one does not. */
  static Optional<WeightGrid> of(TensorData weights, WeightStatistics statistics) {
    int channels = statistics.channels();
    if (statistics.fanIn() < FEWEST_WEIGHTS || statistics.fanIn() > Integer.MAX_VALUE / 2) {
      return Optional.empty();
    }
    double[] steps = new double[channels];
    int most = 0;
    float[] channel = new float[(int) statistics.fanIn()];
    for (int c = 0; c < channels; c++) {
      weights.copyFloats(c * statistics.fanIn(), channel, channel.length);
      int count = steps(channel, statistics.greatest()[c]);
      if (count < 0) {
        return Optional.empty();
      }
      most = Math.max(most, count);
      steps[c] = count == 0 ? 0 : statistics.greatest()[c] / count;
    }
    return most < FEWEST_STEPS ? Optional.empty() : Optional.of(new WeightGrid(steps));
  }

  /** The fewest steps that the greatest weight is; 0 of zeros, -1 where no number fits all. */
  private static int steps(float[] weights, double greatest) {
    if (greatest == 0) {
      return 0;
    }
    for (int count = 1; count <= MOST_STEPS; count++) {
      if (areMultiples(weights, greatest / count)) {
        return count;
      }
    }
    return -1;
  }

  private static boolean areMultiples(float[] weights, double step) {
    for (float w : weights) {
      double multiple = w / step;
      if (Math.abs(multiple - Math.rint(multiple)) > TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Weights of which {@code factor} makes multiples of an integer a channel: the nearest to step
   * times factor that mantissas of 16 bits have room for. Channels for which that integer would be
   * small keep their weights.
   */
  TensorData exactly(TensorData weights, WeightStatistics statistics, double factor) {
    Shape shape = weights.shape();
    int size = (int) statistics.fanIn();
    float[] out = new float[Math.toIntExact(shape.elementCount())];
    weights.copyFloats(0, out, out.length);
    long limit = (1L << (BITS - 1)) - 1;
    for (int c = 0; c < steps.length; c++) {
      double ratio = steps[c] * factor;
      double most = statistics.greatest()[c] / steps[c];
      int shift = 0;
      while (Math.rint(Math.scalb(ratio, -shift)) * most > limit) {
        shift++;
      }
      double nearest = Math.rint(Math.scalb(ratio, -shift));
      if (steps[c] == 0 || nearest < LEAST_RATIO) {
        continue;
      }
      double unit = Math.scalb(nearest, shift) / factor;
      for (int i = c * size; i < (c + 1) * size; i++) {
        out[i] = (float) (Math.rint(out[i] / steps[c]) * unit);
      }
    }
    return TensorData.ofFloats(shape, out);
  }
}
