package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** 1 / (1 + exp(-x)) (StrictMath). */
@Describes("1 / (1 + exp(-x))")
public record Sigmoid(Value result, Value input, Location location) implements Elementwise {

  @Override
  public double apply(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
