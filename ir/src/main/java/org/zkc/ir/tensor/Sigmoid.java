package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** 1 / (1 + exp(-x)) (StrictMath). */
@Describes("1 / (1 + exp(-x))")
public record Sigmoid(Value result, Value input, Location location) implements Activation {

  @Override
  public double apply(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @Override
  public Range range() {
    return new Range(0, 1);
  }

  @Override
  public double steepest() {
    return 0.25;
  }

  @Override
  public double saturation() {
    return 16;
  }
}
