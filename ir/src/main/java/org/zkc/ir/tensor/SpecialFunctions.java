package org.zkc.ir.tensor;

/**
 * Functions that StrictMath lacks, equal on every machine. Formula numbers are those of Abramowitz
 * and Stegun, Handbook of Mathematical Functions.
 */
final class SpecialFunctions {
  /** Stirling's series is exact to double precision from here on. */
  private static final double STIRLING = 10;

  /** The continued fraction of erfc converges quickly from here on. */
  private static final double FRACTION = 2;

  private static final int FRACTION_TERMS = 200;

  /** The asymptotic series of Bessel functions is exact to double precision from here on. */
  private static final double BESSEL = 40;

  private static final int BESSEL_TERMS = 20;

  private static final int NEWTON_STEPS = 4;

  private SpecialFunctions() {}

  /** log Gamma(x) of positive x: 6.1.40, after 6.1.15 has made x large. */
  static double logGamma(double x) {
    double product = 1;
    double y = x;
    for (; y < STIRLING; y++) {
      product *= y;
    }
    double z = 1 / (y * y);
    double series =
        (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / y;
    double large = (y - 0.5) * StrictMath.log(y) - y + 0.5 * StrictMath.log(2 * Math.PI) + series;
    return large - StrictMath.log(product);
  }

  /** The derivative of log Gamma at positive x: 6.3.18, after 6.3.5 has made x large. */
  static double digamma(double x) {
    double sum = 0;
    double y = x;
    for (; y < STIRLING; y++) {
      sum += 1 / y;
    }
    double z = 1 / (y * y);
    double series =
        z
            * (1.0 / 12
                - z
                    * (1.0 / 120
                        - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * 691 / 32760)))));
    return StrictMath.log(y) - 0.5 / y - series - sum;
  }

  /** exp(x^2) erfc(x): 7.1.14 for large x, elsewhere from erf. */
  static double scaledErfc(double x) {
    if (x < FRACTION) {
      return StrictMath.exp(x * x) * (1 - ErrorFunction.erf(x));
    }
    double fraction = x;
    for (int k = FRACTION_TERMS; k > 0; k--) {
      fraction = x + 0.5 * k / fraction;
    }
    return 1 / (Math.sqrt(Math.PI) * fraction);
  }

  /** The y with erf(y) = x: Newton's method from Winitzki's approximation. */
  static double inverseErf(double x) {
    if (Math.abs(x) >= 1) {
      return Math.abs(x) == 1 ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
    }
    double a = 0.147;
    double log = StrictMath.log1p(-x * x);
    double half = 2 / (Math.PI * a) + log / 2;
    double y = Math.copySign(Math.sqrt(Math.sqrt(half * half - log / a) - half), x);
    for (int i = 0; i < NEWTON_STEPS; i++) {
      double slope = 2 / Math.sqrt(Math.PI) * StrictMath.exp(-y * y);
      y -= (ErrorFunction.erf(y) - x) / slope;
    }
    return y;
  }

  /** The probability of at most x by the normal distribution. */
  static double normal(double x) {
    double z = -x / Math.sqrt(2);
    return z < FRACTION
        ? 0.5 * (1 - ErrorFunction.erf(z))
        : 0.5 * StrictMath.exp(-z * z) * scaledErfc(z);
  }

  static double inverseNormal(double x) {
    return Math.sqrt(2) * inverseErf(2 * x - 1);
  }

  static double logNormal(double x) {
    double z = -x / Math.sqrt(2);
    return z < FRACTION
        ? StrictMath.log1p(-0.5 * (1 + ErrorFunction.erf(z)))
        : StrictMath.log(0.5 * scaledErfc(z)) - z * z;
  }

  /** -x log(x), 0 at 0. */
  static double entropy(double x) {
    return x == 0 ? 0 : x < 0 ? Double.NEGATIVE_INFINITY : -x * StrictMath.log(x);
  }

  /** sin(pi x) / (pi x), 1 at 0. */
  static double sinc(double x) {
    double y = Math.PI * x;
    return x == 0 ? 1 : StrictMath.sin(y) / y;
  }

  /** The modified Bessel function of an order, 0 or 1: 9.6.10. */
  static double bessel(double x, int order) {
    return StrictMath.exp(Math.abs(x)) * scaledBessel(x, order);
  }

  /** exp(-|x|) times the modified Bessel function: 9.6.10, and 9.7.1 for large x. */
  static double scaledBessel(double x, int order) {
    double a = Math.abs(x);
    double sum = 1;
    double term = 1;
    double value;
    if (a < BESSEL) {
      double square = a * a / 4;
      for (int k = 1; term > Math.ulp(sum); k++) {
        term *= square / (k * (k + (double) order));
        sum += term;
      }
      value = StrictMath.exp(-a) * sum * (order == 0 ? 1 : a / 2);
    } else {
      for (int k = 1; k <= BESSEL_TERMS; k++) {
        int odd = 2 * k - 1;
        term *= (odd * odd - 4 * order * order) / (8 * a * k);
        sum += term;
      }
      value = sum / Math.sqrt(2 * Math.PI * a);
    }
    return order == 1 ? Math.copySign(value, x) : value;
  }
}
