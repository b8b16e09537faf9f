package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;

/**
 * How closely an integer program follows the floating-point one it came from.
 *
 * @param layers values of the tensor-level program that have integer counterparts, in program order
 * @param outputs one per result of main
 */
public record FidelityReport(List<Entry> layers, List<Entry> outputs) {

  /**
   * One value over all samples: R^2 = 1 - sum |y' - y|^2 / sum |y - mean(y)|^2, the mean taken per element over the samples;
   * cosine of all elements of all samples; share of rows (last axis) whose largest element is at the same index.
   */
  public record Entry(String name, double rSquared, double cosine, double top1Agreement) {}

  public FidelityReport {
    layers = List.copyOf(layers);
    outputs = List.copyOf(outputs);
  }

  /** Runs both programs on the samples with the reference interpreters. */
  public static FidelityReport measure(Program tensor, QuantizedProgram integer, List<List<TensorData>> samples) {
    throw new UnsupportedOperationException("in work");
  }

  /** The smallest R^2 of the outputs. */
  public double rSquared() {
    return outputs.stream().mapToDouble(Entry::rSquared).min().orElse(1);
  }
}
