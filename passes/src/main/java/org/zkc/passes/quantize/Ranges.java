package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Interval;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * The ranges that calibration saw of each floating-point value of a tensor-level program, over all
 * samples.
 */
public final class Ranges {

  /**
   * Smallest and largest element, and how much elements differ from sample to sample.
   *
   * @param min at most max; both finite
   * @param variation the variance of an element over samples and their variants, in the mean over
   *     elements: what of the value depends on the input
   * @param meanSquare of all elements of all samples
   * @param histogram of magnitudes, over all samples
   */
  record Range(
      double min, double max, double variation, double meanSquare, MagnitudeHistogram histogram) {
    /** The larger of |min| and |max|. */
    double magnitude() {
      return Math.max(Math.abs(min), Math.abs(max));
    }
  }

  /** Inputs, and the program's results for each. */
  record Runs(List<List<TensorData>> inputs, List<List<TensorData>> outputs) {
    Runs {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }

    int count() {
      return inputs.size();
    }

    Runs first(int count) {
      return new Runs(inputs.subList(0, count), outputs.subList(0, count));
    }

    Runs and(Runs others) {
      List<List<TensorData>> allInputs = new ArrayList<>(inputs);
      allInputs.addAll(others.inputs);
      List<List<TensorData>> allOutputs = new ArrayList<>(outputs);
      allOutputs.addAll(others.outputs);
      return new Runs(allInputs, allOutputs);
    }
  }

  private final Map<Value, Range> ranges;
  private final Map<Value, double[]> means;
  private final Map<Value, double[]> typicalMeans;
  private final Map<Value, Interval> integerInputs;
  private final Runs samples;
  private final Runs variants;
  private final boolean defaultNoise;

  /**
   * @param means for inputs of convolutions and linear maps, the mean of each channel (axis 1) or
   *     feature (last axis)
   * @param typicalMeans the same, large lines counting less
   * @param integerInputs the interval of each parameter that holds integers or booleans
   * @param samples what calibration ran on
   * @param variants of the samples, where there were few
   * @param defaultNoise the samples were {@link DefaultCalibration}'s, not the user's: quantisation
   *     then leaves more room
   */
  Ranges(
      Map<Value, Range> ranges,
      Map<Value, double[]> means,
      Map<Value, double[]> typicalMeans,
      Map<Value, Interval> integerInputs,
      Runs samples,
      Runs variants,
      boolean defaultNoise) {
    this.integerInputs = new IdentityHashMap<>(integerInputs);
    this.samples = samples;
    this.variants = variants;
    this.ranges = new IdentityHashMap<>(ranges);
    this.means = new IdentityHashMap<>(means);
    this.typicalMeans = new IdentityHashMap<>(typicalMeans);
    this.defaultNoise = defaultNoise;
  }

  /** The range of a value that the calibrated program defines; a program error otherwise. */
  Range of(Value value) {
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

  /** The same where lines that are larger than others count less; see {@link ValueStatistics}. */
  Optional<double[]> typicalMeans(Value value) {
    return Optional.ofNullable(typicalMeans.get(value));
  }

  /** The interval of each parameter that holds integers or booleans. */
  Map<Value, Interval> integerInputs() {
    return Collections.unmodifiableMap(integerInputs);
  }

  Runs samples() {
    return samples;
  }

  Runs variants() {
    return variants;
  }

  /** Whether the samples were the default noise and not given by the user. */
  public boolean isDefaultNoise() {
    return defaultNoise;
  }
}
