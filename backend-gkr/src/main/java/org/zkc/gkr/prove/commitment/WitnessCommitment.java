package org.zkc.gkr.prove.commitment;

import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.ligero.ColumnOpening;

/**
 * A commitment that keeps the codewords of small matrices only, because 16 bytes a cell would be
 * the largest data of a prover. An opening of a larger matrix encodes the rows again, as far as the
 * few queried columns need it, in half the time of the first encoding.
 */
public final class WitnessCommitment implements Commitment {
  /**
   * Residues that are encoded before they are hashed, 4 MiB: one block of the widest rows that
   * witnesses have, enough rows of narrow ones to occupy several threads.
   */
  private static final int STAGED_RESIDUES = 1 << 20;

  /**
   * Residues of all codewords, 16 MiB, up to which they are kept for the opening. The launcher lets
   * an array of that size begin among young objects: in the old generation, which is small at
   * first, each such array of a process that goes on proving cost a full collection, 30 ms.
   */
  private static final int KEPT_RESIDUES = 1 << 22;

  /** Rows that a task of an opening encodes one after the other in one buffer. */
  private static final int OPENED_ROWS = ColumnHasher.BLOCK_ROWS;

  private final int width;
  private final int rows;
  private final RowSource source;
  private final Workers workers;
  private final MerkleTree tree;
  // Row by row; empty where they are not kept.
  private final int[] codewords;

  private WitnessCommitment(
      int width, int rows, RowSource source, Workers workers, MerkleTree tree, int[] codewords) {
    this.width = width;
    this.rows = rows;
    this.source = source;
    this.workers = workers;
    this.tree = tree;
    this.codewords = codewords;
  }

  /**
   * Commits to {@code rows} rows of {@code width} residues.
   *
   * @param width a power of two, 2 to 2^20
   * @param rows at least 1
   * @param source asked again at an opening where the codewords are not kept
   * @param workers used again at every opening
   */
  public static WitnessCommitment commit(int width, int rows, RowSource source, Workers workers) {
    return commit(width, rows, source, workers, KEPT_RESIDUES);
  }

  /** {@link #commit} that keeps codewords of up to {@code keptResidues} residues. */
  public static WitnessCommitment commit(
      int width, int rows, RowSource source, Workers workers, int keptResidues) {
    CircleCode code = CircleCode.ofDimension(width);
    int n = code.length();
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    ColumnHasher hasher = new ColumnHasher(n, rows);
    int ofBlock = ColumnHasher.BLOCK_ROWS * n;
    boolean kept = (long) encoder.blocks() * ofBlock <= keptResidues;
    int blocks =
        kept ? encoder.blocks() : Math.clamp(STAGED_RESIDUES / ofBlock, 1, encoder.blocks());
    int staged = blocks * ColumnHasher.BLOCK_ROWS;
    int[] stage = new int[Math.multiplyExact(staged, n)];
    for (int first = 0; first < rows; first += staged) {
      int count = Math.min(staged, rows - first);
      encoder.encode(first, count, stage, 0);
      hasher.absorb(stage, 0, count, workers);
    }
    MerkleTree tree = MerkleTree.of(hasher.finish());
    return new WitnessCommitment(width, rows, source, workers, tree, kept ? stage : new int[0]);
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
    CircleCode code = CircleCode.ofDimension(width);
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    boolean kept = codewords.length > 0;
    workers.forEach(
        (rows + OPENED_ROWS - 1) / OPENED_ROWS,
        task -> {
          int[] codeword = kept ? codewords : new int[code.length()];
          int end = Math.min(rows, (task + 1) * OPENED_ROWS);
          for (int row = task * OPENED_ROWS; row < end; row++) {
            int at = kept ? row * code.length() : 0;
            if (!kept) {
              encoder.encodeRowAt(indices, row, codeword);
            }
            for (int q = 0; q < indices.length; q++) {
              columns[q * rows + row] = codeword[at + indices[q]];
            }
          }
        });
    return new ColumnOpening(columns, tree.multiproof(indices));
  }
}
