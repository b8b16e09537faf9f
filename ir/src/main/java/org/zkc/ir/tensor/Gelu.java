package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * x (1 + erf(x / sqrt(2))) / 2 (Hendrycks and Gimpel, Gaussian Error Linear Units, section 2), or
 * with {@code tanh} the approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 of the same
 * section.
 */
@Describes("x times the normal distribution's function of x, or its tanh approximation")
public record Gelu(Value result, Value input, boolean tanh, Location location)
    implements Activation {

  @Override
  public double apply(double x) {
    double gate =
        tanh
            ? StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))
            : ErrorFunction.erf(x / Math.sqrt(2));
    return x * (1 + gate) / 2;
  }

  /** The slope is greatest at x = sqrt(2), or 1.4230 for the approximation: 1.1290 and 1.1289. */
  @Override
  public double steepest() {
    return 1.13;
  }
}
