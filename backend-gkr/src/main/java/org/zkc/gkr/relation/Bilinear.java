package org.zkc.gkr.relation;

import java.util.List;

/**
 * A tensor whose every element is a sum of products. Each product has one element from each of two
 * tensors, one of which may be public.
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
