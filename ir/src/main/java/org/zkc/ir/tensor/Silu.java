package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x / (1 + exp(-x)) (StrictMath), also called swish. */
@Describes("x / (1 + exp(-x))")
public record Silu(Value result, Value input, Location location) implements Activation {

  @Override
  public double apply(double x) {
    return x / (1 + StrictMath.exp(-x));
  }

  /** The slope is greatest at x = 2.3994: 1.0998. */
  @Override
  public double steepest() {
    return 1.1;
  }
}
