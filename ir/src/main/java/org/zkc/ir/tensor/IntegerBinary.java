package org.zkc.ir.tensor;

import org.zkc.ir.Value;

/** A function of two integers, applied to each pair of elements. */
public sealed interface IntegerBinary extends TensorOp permits IntegerDivision, Bitwise {
  Value left();

  Value right();

  /**
   * The function.
   *
   * @throws ArithmeticException where it has no value
   */
  long apply(long left, long right);
}
