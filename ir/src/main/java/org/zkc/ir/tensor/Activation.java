package org.zkc.ir.tensor;

/**
 * A function of one element that quantisation makes a table of; the facts are what the table needs.
 * A function that is flat at its ends, or whose steepest slope is known, is a record of its own.
 * All others are a {@link Pointwise}, whose facts follow from the function's values.
 */
public sealed interface Activation extends Elementwise
    permits Composition, Elu, Gelu, Hardswish, LeakyRelu, Pointwise, Sigmoid, Silu, Tanh {

  /**
   * The range of the function's values. An infinite end grows with the input; the table then ends
   * where the ranges that calibration saw end.
   */
  default Range range() {
    return Range.UNBOUNDED;
  }

  /** The numbers that the function takes, if it has to take those of {@code seen}. */
  default Domain domain(Range seen) {
    return Domain.REALS;
  }

  /** An upper bound of |f'(x)| over all x, positive; infinite where there is none. */
  double steepest();

  /** The magnitude of x beyond which f(x) does not change in 16 bits; infinite where it does. */
  default double saturation() {
    return Double.POSITIVE_INFINITY;
  }
}
