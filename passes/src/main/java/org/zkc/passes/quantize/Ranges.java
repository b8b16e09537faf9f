package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * What calibration saw of each floating-point value of a tensor-level program, over all samples.
 */
public final class Ranges {

  /**
   * Smallest and largest element, and how much elements differ from sample to sample.
   *
   * @param min at most max; both finite
   * @param variation the variance of an element over the samples, in the mean over elements: what
   *     of the value depends on the input; 0 when there was one sample
   * @param meanSquare of all elements of all samples
   */
  public record Range(double min, double max, double variation, double meanSquare) {
    /** The larger of |min| and |max|. */
    public double magnitude() {
      return Math.max(Math.abs(min), Math.abs(max));
    }
  }

  private final Map<Value, Range> ranges;
  private final Map<Value, double[]> means;
  private final List<List<TensorData>> samples;
  private final List<List<TensorData>> outputs;
  private final boolean defaultNoise;

  /**
   * @param means for inputs of convolutions and linear maps, the mean of each channel (axis 1) or
   *     feature (last axis)
   * @param samples what calibration ran on
   * @param outputs the program's results for each sample
   * @param defaultNoise the samples were {@link DefaultCalibration}'s, not the user's: quantisation
   *     then leaves more room
   */
  public Ranges(
      Map<Value, Range> ranges,
      Map<Value, double[]> means,
      List<List<TensorData>> samples,
      List<List<TensorData>> outputs,
      boolean defaultNoise) {
    this.samples = List.copyOf(samples);
    this.outputs = List.copyOf(outputs);
    this.ranges = new IdentityHashMap<>(ranges);
    this.means = new IdentityHashMap<>(means);
    this.defaultNoise = defaultNoise;
  }

  /** The range of a value that the calibrated program defines; a program error otherwise. */
  public Range of(Value value) {
    Range range = ranges.get(value);
    if (range == null) {
      throw new IllegalStateException("calibration did not see " + value);
    }
    return range;
  }

  /**
   * The mean of each channel or feature of an input of a convolution or linear map; empty for other
   * values.
   */
  Optional<double[]> means(Value value) {
    return Optional.ofNullable(means.get(value));
  }

  List<List<TensorData>> samples() {
    return samples;
  }

  List<List<TensorData>> outputs() {
    return outputs;
  }

  /** Whether the samples were the default noise and not given by the user. */
  public boolean isDefaultNoise() {
    return defaultNoise;
  }
}
