package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.TensorData;

/**
 * What {@code --min-fidelity} asks for.
 *
 * @param rSquared of every output, at least
 * @param inputs that it is measured on, two or more; calibration has not seen them
 */
public record FidelityTarget(double rSquared, List<List<TensorData>> inputs) {
  public FidelityTarget {
    inputs = List.copyOf(inputs);
  }
}
