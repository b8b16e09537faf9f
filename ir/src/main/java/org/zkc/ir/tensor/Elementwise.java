package org.zkc.ir.tensor;

import org.zkc.ir.Value;

/** A function of one variable, applied to each element; quantisation makes a table of it. */
public sealed interface Elementwise extends TensorOp permits Relu, Clamp, Tanh, Sigmoid, Rectifier {

  Value result();

  Value input();

  /** The function in double precision, equal on every machine. */
  double apply(double x);
}
