package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.TensorData;

/**
 * The demand of {@code --min-fidelity}.
 *
 * @param rSquared of every output, at least
 * @param name of the inputs, for errors: {@code 3 of 20 calibration samples held back}
 * @param inputs that it is measured on, two or more; calibration has not seen them
 */
public record FidelityTarget(double rSquared, String name, List<List<TensorData>> inputs) {
  public FidelityTarget {
    inputs = List.copyOf(inputs);
  }
}
