package org.zkc.gkr.hash;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.zkc.gkr.kernel.Workers;

/**
 * Hashes all columns of a matrix that arrives by rows: digest k is BLAKE3 in keyed mode, under the
 * key of leaves, of column k as 4-byte little-endian words. All columns advance together, one lane
 * each, so nothing is transposed. The keys of leaves and of inner nodes ({@link MerkleTree})
 * differ, so that neither can stand for the other.
 */
public final class ColumnHasher {
  /** Rows of one BLAKE3 block: {@link #absorb} takes this many at a time but for the last. */
  public static final int BLOCK_ROWS = Blake3.BLOCK_WORDS;

  static final int[] LEAF_KEY = Blake3.key("zkc merkle leaf v1");

  // Columns of one task: their chaining values and one block stay in the first-level cache.
  private static final int TASK_COLUMNS = 256;

  private final int columns;
  private final int rows;
  private final Compression compression;
  private int[] chaining;
  private final Deque<Subtree> finished = new ArrayDeque<>();
  private int absorbedRows;
  private long chunk;

  /** Chaining values of complete subtrees of 2^height chunks, word-major as in {@link Digests}. */
  private record Subtree(int height, int[] chaining) {}

  /**
   * @param columns number of columns, at least 1
   * @param rows their length, at least 1
   */
  public ColumnHasher(int columns, int rows) {
    this(columns, rows, Compression.best());
  }

  ColumnHasher(int columns, int rows, Compression compression) {
    if (columns < 1 || rows < 1) {
      throw new IllegalArgumentException(rows + " rows of " + columns + " columns");
    }
    this.columns = columns;
    this.rows = rows;
    this.compression = compression;
    chaining = keys();
  }

  private int[] keys() {
    int[] keyed = new int[Math.multiplyExact(Blake3.DIGEST_WORDS, columns)];
    for (int k = 0; k < keyed.length; k++) {
      keyed[k] = LEAF_KEY[k / columns];
    }
    return keyed;
  }

  /** Hears that all rows are to come at once, before the first. */
  public void expectAll() {
    compression.expect((rows + BLOCK_ROWS - 1L) / BLOCK_ROWS * columns);
  }

  /**
   * Takes the next BLOCK_ROWS rows, row-major without gaps from the array's start; the last call
   * may take fewer real rows, and overwrites the rest of the block with zeros.
   */
  public void absorb(int[] block, Workers workers) {
    absorb(block, 0, workers);
  }

  /** {@link #absorb(int[], Workers)} of the rows that start at {@code base}. */
  public void absorb(int[] block, int base, Workers workers) {
    int count = Math.min(BLOCK_ROWS, rows - absorbedRows);
    if (count == 0) {
      throw new IllegalStateException("all " + rows + " rows absorbed");
    }
    Arrays.fill(block, base + count * columns, base + BLOCK_ROWS * columns, 0);
    int blockInChunk = absorbedRows / BLOCK_ROWS % Blake3.BLOCKS_PER_CHUNK;
    absorbedRows += count;
    boolean last = absorbedRows == rows;
    boolean chunkEnds = last || blockInChunk == Blake3.BLOCKS_PER_CHUNK - 1;
    int flags = Blake3.KEYED_HASH;
    flags |= blockInChunk == 0 ? Blake3.CHUNK_START : 0;
    flags |= chunkEnds ? Blake3.CHUNK_END : 0;
    flags |= last && chunk == 0 ? Blake3.ROOT : 0;
    int[] target = chaining;
    int blockFlags = flags;
    long counter = chunk;
    workers.forEach(
        (columns + TASK_COLUMNS - 1) / TASK_COLUMNS,
        task -> {
          int from = task * TASK_COLUMNS;
          int lanes = Math.min(TASK_COLUMNS, columns - from);
          compression.compress(
              target,
              from,
              columns,
              block,
              base + from,
              columns,
              lanes,
              counter,
              4 * count,
              blockFlags);
        });
    if (chunkEnds && !last) {
      Subtree subtree = new Subtree(0, chaining);
      chunk++;
      // A complete subtree is merged as soon as its sibling is, but never at the root: more input
      // follows.
      while (!finished.isEmpty() && finished.peek().height == subtree.height) {
        subtree =
            new Subtree(subtree.height + 1, parent(finished.pop().chaining, subtree.chaining, 0));
      }
      finished.push(subtree);
      chaining = keys();
    }
  }

  /** The digests, once all rows are absorbed. */
  public Digests finish() {
    if (absorbedRows != rows) {
      throw new IllegalStateException(absorbedRows + " of " + rows + " rows absorbed");
    }
    while (!finished.isEmpty()) {
      int[] left = finished.pop().chaining;
      chaining = parent(left, chaining, finished.isEmpty() ? Blake3.ROOT : 0);
    }
    Digests out = new Digests(columns);
    System.arraycopy(chaining, 0, out.words(), 0, chaining.length);
    return out;
  }

  private int[] parent(int[] left, int[] right, int rootFlag) {
    int[] message = new int[left.length + right.length];
    System.arraycopy(left, 0, message, 0, left.length);
    System.arraycopy(right, 0, message, left.length, right.length);
    int[] out = keys();
    compression.compress(
        out,
        0,
        columns,
        message,
        0,
        columns,
        columns,
        0,
        Blake3.BLOCK_BYTES,
        Blake3.KEYED_HASH | Blake3.PARENT | rootFlag);
    return out;
  }
}
