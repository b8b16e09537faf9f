package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Hyperbolic tangent (StrictMath). */
@Describes("hyperbolic tangent")
public record Tanh(Value result, Value input, Location location) implements Activation {

  @Override
  public double apply(double x) {
    return StrictMath.tanh(x);
  }

  @Override
  public Range range() {
    return new Range(-1, 1);
  }

  @Override
  public double steepest() {
    return 1;
  }

  @Override
  public double saturation() {
    return 16;
  }
}
