package org.zkc.ir.tensor;

import org.zkc.ir.Value;

/** A function of all elements along one axis, which has as many values. */
public sealed interface Normalization extends TensorOp
    permits LogSoftmax, Softmax, Standardization {
  Value input();

  int axis();

  /**
   * Replaces the elements along the axis by the function's values, in double precision and equal on
   * every machine.
   */
  void apply(double[] line);

  /** The range of the function's values. */
  Range range();
}
