package org.zkc.ir.tensor;

/**
 * A function of one element that quantisation makes a table of; the facts are what the table needs.
 */
public sealed interface Activation extends Elementwise
    permits Elu, Gelu, Hardswish, LeakyRelu, Sigmoid, Silu, Tanh {

  /**
   * Values between which f(x) lies. An infinite end grows with the input: where the table then ends
   * comes from the ranges that calibration saw.
   */
  record Range(double low, double high) {
    /** No bound on either side. */
    public static final Range UNBOUNDED =
        new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** The greatest |f(x)|. */
    public double magnitude() {
      return Math.max(Math.abs(low), Math.abs(high));
    }

    /** Whether both ends are finite. */
    public boolean isBounded() {
      return Double.isFinite(low) && Double.isFinite(high);
    }
  }

  /** The values of the function. */
  default Range range() {
    return Range.UNBOUNDED;
  }

  /** An upper bound of |f'(x)| over all x, positive. */
  double steepest();

  /** The magnitude of x beyond which f(x) does not change in 16 bits; infinite where it does. */
  default double saturation() {
    return Double.POSITIVE_INFINITY;
  }
}
