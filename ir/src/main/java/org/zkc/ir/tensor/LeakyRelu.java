package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * x where x is not negative, elsewhere slope x.
 *
 * @param slope finite
 */
@Describes("x for x >= 0, else slope x")
public record LeakyRelu(Value result, Value input, double slope, Location location)
    implements Activation {

  @Override
  public double apply(double x) {
    return x >= 0 ? x : slope * x;
  }

  @Override
  public double steepest() {
    return Math.max(1, Math.abs(slope));
  }

  @Override
  public void requireFunction() {
    if (!Double.isFinite(slope)) {
      throw new IllegalArgumentException("%s must be finite".formatted(slope));
    }
  }
}
