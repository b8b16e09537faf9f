package org.zkc.gkr.prove.commitment;

import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;

/**
 * A commitment that keeps no codeword: 16 bytes a cell would be the largest thing a prover holds.
 * An opening encodes the rows again and takes the few columns that are queried, which costs a small
 * part of what hashing all of them did.
 */
public final class WitnessCommitment implements Commitment {
  private final int width;
  private final int rows;
  private final RowSource source;
  private final Workers workers;
  private final MerkleTree tree;

  private WitnessCommitment(
      int width, int rows, RowSource source, Workers workers, MerkleTree tree) {
    this.width = width;
    this.rows = rows;
    this.source = source;
    this.workers = workers;
    this.tree = tree;
  }

  /**
   * Commits to {@code rows} rows of {@code width} residues.
   *
   * @param width a power of two, 2 to 2^20
   * @param rows at least 1
   * @param source asked again at every opening
   * @param workers used again at every opening
   */
  public static WitnessCommitment commit(int width, int rows, RowSource source, Workers workers) {
    CircleCode code = CircleCode.ofDimension(width);
    ColumnHasher hasher = new ColumnHasher(code.length(), rows);
    forEachBlock(
        width, rows, source, workers, (firstRow, count, block) -> hasher.absorb(block, workers));
    return new WitnessCommitment(width, rows, source, workers, MerkleTree.of(hasher.finish()));
  }

  /** Sees the codewords of {@code count} rows, row-major from the array's start. */
  @FunctionalInterface
  private interface Block {
    void at(int firstRow, int count, int[] codewords);
  }

  private static void forEachBlock(
      int width, int rows, RowSource source, Workers workers, Block action) {
    CircleCode code = CircleCode.ofDimension(width);
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    int[] codewords = new int[Math.multiplyExact(ColumnHasher.BLOCK_ROWS, code.length())];
    for (int b = 0; b < encoder.blocks(); b++) {
      encoder.encode(b, codewords, 0);
      action.at(b * ColumnHasher.BLOCK_ROWS, encoder.rowsOf(b), codewords);
    }
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public byte[] root() {
    return tree.root();
  }

  @Override
  public ColumnOpening open(int[] indices) {
    int[] columns = new int[Math.multiplyExact(rows, indices.length)];
    int length = Columns.count(width);
    forEachBlock(
        width,
        rows,
        source,
        workers,
        (firstRow, count, codewords) -> {
          for (int r = 0; r < count; r++) {
            for (int q = 0; q < indices.length; q++) {
              columns[q * rows + firstRow + r] = codewords[r * length + indices[q]];
            }
          }
        });
    return new ColumnOpening(columns, tree.multiproof(indices));
  }
}
