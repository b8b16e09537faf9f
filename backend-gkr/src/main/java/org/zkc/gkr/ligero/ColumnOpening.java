package org.zkc.gkr.ligero;

/**
 * Opened columns of a committed matrix.
 *
 * @param columns the columns one after the other, each of as many residues as the matrix has rows
 * @param multiproof Merkle siblings, 32 bytes each ({@link org.zkc.gkr.hash.MerkleTree})
 */
// An array holder between prover, codec and verifier: compared by nobody.
@SuppressWarnings("ArrayRecordComponent")
public record ColumnOpening(int[] columns, byte[] multiproof) {}
