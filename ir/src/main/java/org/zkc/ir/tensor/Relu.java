package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** max(x, 0). */
@Describes("max(x, 0)")
public record Relu(Value result, Value input, Location location) implements Elementwise {

  @Override
  public double apply(double x) {
    return Math.max(x, 0);
  }
}
