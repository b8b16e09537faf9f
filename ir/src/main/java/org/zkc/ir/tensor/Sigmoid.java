package org.zkc.ir.tensor;

import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * 1 / (1 + exp(-x)) (StrictMath).
 */
public record Sigmoid(
    Value result,
    Value input,
    Location location)
    implements Elementwise {

  @Override
  public double apply(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
