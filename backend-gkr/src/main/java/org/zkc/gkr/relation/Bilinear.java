package org.zkc.gkr.relation;

import java.util.List;

/**
 * A tensor of which every element is a sum of products of an element each of two tensors, of which
 * one may be public.
 */
public sealed interface Bilinear extends Definition, Reduction
    permits Hadamard, MatrixProduct, Convolution, FourierConvolution, RowGather {
  /** The products of two variables that make {@code elements} elements. */
  long multiplications(long elements);

  // Both parents have these.
  @Override
  String name();

  @Override
  default boolean takes(List<Claims.Claim> claims) {
    return Reduction.super.takes(claims);
  }
}
