package org.zkc.ir.tensor;

/**
 * A function of one element that quantisation makes a table of; the facts are what the table needs.
 */
public sealed interface Activation extends Elementwise
    permits Elu, Gelu, Hardswish, LeakyRelu, Sigmoid, Silu, Tanh {

  /**
   * Where the values of the function lie. An infinite end grows with the input: where the table
   * then ends comes from the ranges that calibration saw.
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
