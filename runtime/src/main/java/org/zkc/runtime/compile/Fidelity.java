package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.quantize.FidelityReport;
import org.zkc.passes.quantize.Multiplications;
import org.zkc.passes.quantize.QuantizedProgram;
import org.zkc.passes.quantize.VariedInputs;

/**
 * Measures a quantised program on inputs that calibration has not seen: varied inputs (SYSTEM.md),
 * moved to the mean and deviation of the user's calibration data where there is any, and kept
 * within the range of that data.
 */
final class Fidelity {
  private static final int SAMPLES = 32;
  private static final int FEWEST_SAMPLES = 4;

  /**
   * The reference interpreters take about a nanosecond for a multiplication: this bounds them to
   * seconds.
   */
  private static final long MULTIPLICATIONS = 2_000_000_000L;

  private static final long SEED = 0x66696465;

  private Fidelity() {}

  static FidelityReport measure(
      CompilePipeline.Calibrated model, QuantizedProgram quantized, TaskRunner tasks) {
    return FidelityReport.measure(model.tensor(), quantized, inputs(model), tasks);
  }

  /** The inputs that fidelity is measured on. */
  static List<List<TensorData>> inputs(CompilePipeline.Calibrated model) {
    long cost = Math.max(1, Multiplications.of(model.tensor()));
    int count = Math.clamp(MULTIPLICATIONS / cost, FEWEST_SAMPLES, SAMPLES);
    List<Value> parameters = model.tensor().main().parameters();
    List<List<TensorData>> inputs = new VariedInputs(SEED).samples(parameters, count);
    return moved(inputs, model.samples());
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
