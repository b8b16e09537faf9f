package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * scale x where x is not negative, elsewhere scale alpha (exp(inputScale x) - 1) (StrictMath): ELU,
 * and with their constants SELU and CELU.
 *
 * @param alpha finite
 * @param scale positive and finite
 * @param inputScale positive and finite
 */
@Describes("scale x for x >= 0, else scale alpha (exp(inputScale x) - 1)")
public record Elu(
    Value result, Value input, double alpha, double scale, double inputScale, Location location)
    implements Activation {

  @Override
  public double apply(double x) {
    return scale * (x >= 0 ? x : alpha * StrictMath.expm1(inputScale * x));
  }

  @Override
  public double steepest() {
    return scale * Math.max(1, Math.abs(alpha) * inputScale);
  }

  @Override
  public void requireFunction() {
    if (!(scale > 0 && inputScale > 0)) {
      throw new IllegalArgumentException(
          "scales %s and %s must be positive".formatted(scale, inputScale));
    }
    for (double number : new double[] {alpha, scale, inputScale}) {
      if (!Double.isFinite(number)) {
        throw new IllegalArgumentException("%s must be finite".formatted(number));
      }
    }
  }
}
