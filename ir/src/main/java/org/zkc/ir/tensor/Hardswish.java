package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x min(max(x + 3, 0), 6) / 6. */
@Describes("x min(max(x + 3, 0), 6) / 6")
public record Hardswish(Value result, Value input, Location location) implements Activation {

  @Override
  public double apply(double x) {
    return x * Math.clamp(x + 3, 0.0, 6.0) / 6;
  }

  /** (2 x + 3) / 6 where x is just below 3. */
  @Override
  public double steepest() {
    return 1.5;
  }
}
