package org.zkc.gkr.prove.commitment;

/** The rows of a matrix to commit to, made when they are encoded. */
@FunctionalInterface
public interface RowSource {
  /**
   * Writes row {@code row} as canonical residues to target[at, at + width), which holds zeros.
   * Called from any thread, about in ascending order; a row that is asked for again is the same.
   */
  void fill(int row, int[] target, int at);
}
