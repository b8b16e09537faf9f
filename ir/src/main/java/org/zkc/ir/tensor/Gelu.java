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

  /** erf is 1 in double precision from here on. */
  private static final double ERF_IS_ONE = 6;

  @Override
  public double apply(double x) {
    double gate =
        tanh
            ? StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))
            : erf(x / Math.sqrt(2));
    return x * (1 + gate) / 2;
  }

  /**
   * 2 / sqrt(pi) exp(-x^2) times the sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), whose terms
   * have one sign (Abramowitz and Stegun, 7.1.6).
   */
  private static double erf(double x) {
    if (Math.abs(x) >= ERF_IS_ONE) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.ulp(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }

  /** The slope is greatest at x = sqrt(2), or 1.4230 for the approximation: 1.1290 and 1.1289. */
  @Override
  public double steepest() {
    return 1.13;
  }
}
