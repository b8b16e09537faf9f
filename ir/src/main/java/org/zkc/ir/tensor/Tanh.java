package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Hyperbolic tangent (StrictMath). */
@Describes("hyperbolic tangent")
public record Tanh(Value result, Value input, Location location) implements Elementwise {

  @Override
  public double apply(double x) {
    return StrictMath.tanh(x);
  }
}
