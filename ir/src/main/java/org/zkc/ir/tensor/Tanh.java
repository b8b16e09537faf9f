package org.zkc.ir.tensor;

import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Hyperbolic tangent (StrictMath).
 */
public record Tanh(
    Value result,
    Value input,
    Location location)
    implements Elementwise {

  @Override
  public double apply(double x) {
    return StrictMath.tanh(x);
  }
}
