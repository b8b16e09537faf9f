package org.zkc.gkr.prove.commitment;

import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;

/**
 * The prover's side of a Ligero commitment (Ames, Hazay, Ishai, Venkitasubramaniam 2017; batched
 * tensor form as in docs/protocol.md section 5.8): a matrix over F of {@code rows} rows and {@code
 * width} columns, each row encoded by {@link CircleCode} of dimension width, the codewords' columns
 * hashed to the leaves of a Merkle tree.
 */
public sealed interface Commitment permits WitnessCommitment, ModelCommitment {
  int width();

  int rows();

  /** 32 bytes. */
  byte[] root();

  /**
   * Opens columns.
   *
   * @param indices ascending, distinct, at least one, below 4 * width; see {@link Columns#distinct}
   */
  ColumnOpening open(int[] indices);
}
