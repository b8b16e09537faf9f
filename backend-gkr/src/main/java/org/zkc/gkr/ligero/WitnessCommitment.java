package org.zkc.gkr.ligero;

import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Workers;

/**
 * A commitment whose codewords stay on the heap, 16 bytes a cell, row-major in blocks of {@link
 * ColumnHasher#BLOCK_ROWS} rows: the hasher reads rows, and gathering the few opened columns costs
 * nothing.
 */
public final class WitnessCommitment implements Commitment {
  private final int width;
  private final int rows;
  private final int[][] blocks;
  private final MerkleTree tree;

  private WitnessCommitment(int width, int rows, int[][] blocks, MerkleTree tree) {
    this.width = width;
    this.rows = rows;
    this.blocks = blocks;
    this.tree = tree;
  }

  /**
   * Commits to {@code rows} rows of {@code width} residues.
   *
   * @param width a power of two, 2 to 2^20
   * @param rows at least 1
   */
  public static WitnessCommitment commit(int width, int rows, RowSource source, Workers workers) {
    CircleCode code = CircleCode.ofDimension(width);
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    ColumnHasher hasher = new ColumnHasher(code.length(), rows);
    int[][] blocks = new int[encoder.blocks()][];
    for (int b = 0; b < blocks.length; b++) {
      blocks[b] = new int[Math.multiplyExact(ColumnHasher.BLOCK_ROWS, code.length())];
      encoder.encode(b, blocks[b], 0);
      hasher.absorb(blocks[b], workers);
    }
    return new WitnessCommitment(width, rows, blocks, MerkleTree.of(hasher.finish()));
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
    byte[] multiproof = tree.multiproof(indices);
    int[] columns = new int[Math.multiplyExact(rows, indices.length)];
    int length = Commitment.columns(width);
    for (int r = 0; r < rows; r++) {
      int[] block = blocks[r / ColumnHasher.BLOCK_ROWS];
      int base = r % ColumnHasher.BLOCK_ROWS * length;
      for (int q = 0; q < indices.length; q++) {
        columns[q * rows + r] = block[base + indices[q]];
      }
    }
    return new ColumnOpening(columns, multiproof);
  }
}
