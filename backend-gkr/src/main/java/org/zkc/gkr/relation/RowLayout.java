package org.zkc.gkr.relation;

/** Where the tensors of one commitment lie in a matrix of rows of a power of two of elements. */
public sealed interface RowLayout permits WitnessLayout, ModelLayout {
  int width();

  int rows();

  /** Whether nothing is committed. */
  boolean isEmpty();
}
