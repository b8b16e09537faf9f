package org.zkc.gkr.layout;

/** The places of committed tables in a matrix whose rows have a power of two of elements. */
public sealed interface RowLayout permits TensorRows, CombinationLayout {
  int width();

  int rows();

  /** Whether nothing is committed. */
  boolean isEmpty();
}
