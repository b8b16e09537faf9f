package org.zkc.ir.tensor;

import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.Value;

/** A function of one variable, applied to each element. */
public sealed interface Elementwise extends TensorOp
    permits Activation, Clamp, FakeQuantize, IndexWrap, Relu {
  @Override
  Value result();

  Value input();

  /** The function in double precision, equal on every machine. */
  double apply(double x);

  /** {@link #apply} for many numbers. */
  default DoubleUnaryOperator operator() {
    return this::apply;
  }

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException with one sentence when they make no function
   */
  default void requireFunction() {}
}
