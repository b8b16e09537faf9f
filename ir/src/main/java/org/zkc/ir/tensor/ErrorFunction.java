package org.zkc.ir.tensor;

/** The error function, equal on every machine. */
public final class ErrorFunction {
  /** erf is 1 in double precision from here on. */
  private static final double IS_ONE = 6;

  private ErrorFunction() {}

  /**
   * 2 / sqrt(pi) exp(-x^2) times the sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), whose terms
   * have one sign (Abramowitz and Stegun, 7.1.6).
   */
  public static double erf(double x) {
    if (Math.abs(x) >= IS_ONE) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.ulp(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return Math.clamp(2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum, -1.0, 1.0);
  }
}
