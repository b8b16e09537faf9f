package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.integer.IntegerWeights;

/**
 * Adds to a linear map's bias what rounding the weights takes from the output at the inputs' mean:
 * sum_i (w_i - w'_i) mean(x_i), so that the rounding shifts no output on average (bias correction,
 * Nagel et al. 2019, section 4.2). The sum is taken while the weights are rounded.
 */
final class BiasCorrection {
  private final double[] bias;
  private final double[] means;
  private final int channels;
  private final long taps;
  private final int groups;
  private final double unit;

  /**
   * @param means of the input's channels, those of all groups
   * @param channels input channels of one group
   * @param taps weights of an output for each of its input channels
   * @param unit real number for one unit of the integer weights
   */
  BiasCorrection(double[] bias, double[] means, int channels, long taps, int groups, double unit) {
    this.bias = bias.clone();
    this.means = means;
    this.channels = channels;
    this.taps = taps;
    this.groups = groups;
    this.unit = unit;
  }

  /** The corrected bias, once every weight was seen. */
  double[] bias() {
    return bias;
  }

  /**
   * An observer for weights whose mantissas have these shifts; it sees the weights of each output
   * in order.
   */
  IntegerWeights.RoundingObserver withShifts(List<Integer> shifts) {
    return new Sums(shifts);
  }

  private final class Sums implements IntegerWeights.RoundingObserver {
    private final List<Integer> shifts;

    /** For each output, the error of the weights of the input channel at hand that were seen. */
    private final double[] errors = new double[bias.length];

    Sums(List<Integer> shifts) {
      this.shifts = shifts;
    }

    @Override
    public void accept(int output, long first, float[] reals, int[] mantissas, int count) {
      double step = Math.scalb(unit, shifts.get(output));
      int mean = output / (bias.length / groups) * channels;
      if (taps == 1) {
        bias[output] = pointwise(bias[output], step, mean + (int) first, reals, mantissas, count);
        return;
      }
      int channel = (int) (first / taps);
      long tap = first % taps;
      double error = errors[output];
      for (int i = 0; i < count; i++) {
        error += reals[i] - mantissas[i] * step;
        if (++tap == taps) {
          bias[output] += error * means[mean + channel];
          error = 0;
          tap = 0;
          channel++;
        }
      }
      errors[output] = error;
    }

    private double pointwise(
        double start, double step, int mean, float[] reals, int[] mantissas, int count) {
      double sum = start;
      for (int i = 0; i < count; i++) {
        sum += (reals[i] - mantissas[i] * step) * means[mean + i];
      }
      return sum;
    }
  }
}
