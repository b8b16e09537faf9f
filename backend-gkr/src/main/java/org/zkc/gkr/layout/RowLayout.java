package org.zkc.gkr.layout;

/**
 * The places of one commitment's tensors in a matrix, whose rows have a power of two of elements.
 */
public sealed interface RowLayout permits WitnessLayout, ModelLayout {
  int width();

  int rows();

  /** Whether nothing is committed. */
  boolean isEmpty();
}
