package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.passes.quantize.IntegerInputs;
import org.zkc.passes.quantize.Multiplications;
import org.zkc.passes.quantize.VariedInputs;

/**
 * Synthetic inputs that calibration has not seen: of varied mean and contrast, moved to the mean
 * and deviation of the user's calibration data where there is any, and kept within the range of
 * that data.
 */
final class VariedSet {
  private static final int SAMPLES = 32;
  private static final int FEWEST_SAMPLES = 4;

  /**
   * The reference interpreters take about a nanosecond for a multiplication: this bounds them to
   * seconds.
   */
  private static final long MULTIPLICATIONS = 2_000_000_000L;

  private static final long SEED = 0x66696465;

  private VariedSet() {}

  /**
   * The inputs, as many as reports can be measured on in seconds.
   *
   * @param samples the user's, empty where there are none
   */
  static EvaluationSet of(Program tensor, Optional<List<List<TensorData>>> samples) {
    List<List<TensorData>> inputs =
        new VariedInputs(SEED, IntegerInputs.intervals(tensor.main(), samples.orElse(List.of())))
            .samples(tensor.main().parameters(), affordable(tensor));
    return new EvaluationSet(
        samples.isPresent()
            ? "synthetic inputs of varied mean and contrast"
            : "synthetic inputs (noise of varied mean and contrast)",
        moved(inputs, samples));
  }

  /** The number of inputs that the reference interpreters can run in seconds. */
  static int affordable(Program tensor) {
    return Math.max(FEWEST_SAMPLES, inSeconds(tensor));
  }

  /** The same without the few that are always run: none where one takes seconds. */
  static int inSeconds(Program tensor) {
    return Math.clamp(MULTIPLICATIONS / Math.max(1, Multiplications.of(tensor)), 0, SAMPLES);
  }

  private static List<List<TensorData>> moved(
      List<List<TensorData>> inputs, Optional<List<List<TensorData>>> calibration) {
    if (calibration.isEmpty()) {
      return inputs;
    }
    List<List<TensorData>> out = new ArrayList<>();
    for (List<TensorData> sample : inputs) {
      List<TensorData> tensors = new ArrayList<>();
      for (int i = 0; i < sample.size(); i++) {
        tensors.add(moved(sample.get(i), i, calibration.get()));
      }
      out.add(tensors);
    }
    return out;
  }

  private static TensorData moved(TensorData input, int index, List<List<TensorData>> calibration) {
    if (!input.dtype().isFloating()) {
      return input;
    }
    double sum = 0;
    double squares = 0;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    long n = 0;
    for (List<TensorData> sample : calibration) {
      for (double x : sample.get(index).toDoubles()) {
        if (!Double.isFinite(x)) {
          // Calibration refuses such a sample, with its value's name.
          return input;
        }
        sum += x;
        squares += x * x;
        low = Math.min(low, x);
        high = Math.max(high, x);
        n++;
      }
    }
    double mean = sum / n;
    double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
    float[] elements = input.toFloats();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) Math.clamp(mean + deviation * elements[i], low, high);
    }
    return TensorData.ofFloats(input.shape(), elements);
  }
}
