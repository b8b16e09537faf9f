package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** min(max(x, low), high); infinite bounds are allowed. ReLU6 and hardtanh are clamps. */
@Describes("min(max(x, low), high)")
public record Clamp(Value result, Value input, double low, double high, Location location)
    implements Elementwise {

  @Override
  public double apply(double x) {
    return Math.min(Math.max(x, low), high);
  }

  @Override
  public void requireFunction() {
    if (!(low <= high)) {
      throw new IllegalArgumentException("bounds %s and %s leave no value".formatted(low, high));
    }
  }
}
