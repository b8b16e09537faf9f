package org.zkc.gkr.circuit;

/**
 * Defines one tensor from earlier ones. Tensors are named by their index in {@link
 * Circuit#tensors()}.
 */
public sealed interface Relation
    permits Linear, Conv, FftConv, MatMul, Product, Requantize, Max, RoundedQuotient {
  /** The tensor it defines. */
  int result();
}
