package org.zkc.gkr.ligero;

import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.kernel.Workers;

/**
 * Opened columns of a committed matrix.
 *
 * @param columns the columns one after the other, each of as many residues as the matrix has rows
 * @param multiproof Merkle siblings, 32 bytes each ({@link org.zkc.gkr.hash.MerkleTree})
 */
// The record carries arrays between prover, codec and verifier and is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record ColumnOpening(int[] columns, byte[] multiproof) {

  /** The leaves that these columns of {@code rows} residues hash to. */
  public Digests leaves(int rows) {
    int count = columns.length / rows;
    ColumnHasher hasher = new ColumnHasher(count, rows);
    int[] block = new int[ColumnHasher.BLOCK_ROWS * count];
    for (int from = 0; from < rows; from += ColumnHasher.BLOCK_ROWS) {
      int real = Math.min(ColumnHasher.BLOCK_ROWS, rows - from);
      for (int q = 0; q < count; q++) {
        for (int r = 0; r < real; r++) {
          block[r * count + q] = columns[q * rows + from + r];
        }
      }
      hasher.absorb(block, 0, real, Workers.callerOnly());
    }
    return hasher.finish();
  }
}
