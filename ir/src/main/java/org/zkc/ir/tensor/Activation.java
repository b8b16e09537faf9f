package org.zkc.ir.tensor;

/**
 * A function of one element that quantisation makes a table of; the facts are what the table needs.
 */
public sealed interface Activation extends Elementwise
    permits Elu, Gelu, Hardswish, LeakyRelu, Sigmoid, Silu, Tanh {

  /**
   * The range of the function's values. An infinite end grows with the input; the table then ends
   * where the ranges that calibration saw end.
   */
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
