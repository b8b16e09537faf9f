package org.zkc.ir.tensor;

/**
 * An activation that grows with its input: unlike tanh and the logistic function it has no bound,
 * so the ends of its table come from the ranges that calibration saw.
 */
public sealed interface Rectifier extends Elementwise
    permits Elu, Gelu, Hardswish, LeakyRelu, Silu {

  /** An upper bound of |f'(x)| over all x, positive. */
  double steepest();
}
