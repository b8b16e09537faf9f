package org.zkc.gkr.hash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.kernel.Workers;

/**
 * Hashes all columns of a matrix that arrives by rows: digest k is BLAKE3 in keyed mode, under the
 * key of leaves, of column k as 4-byte little-endian words. All columns advance together, one lane
 * each, so nothing is transposed. The keys of leaves and of inner nodes ({@link MerkleTree})
 * differ, so that neither can stand for the other.
 */
public final class ColumnHasher {
  /** Rows of one BLAKE3 block. */
  public static final int BLOCK_ROWS = Blake3.BLOCK_WORDS;

  private static final int CHUNK_ROWS = BLOCK_ROWS * Blake3.BLOCKS_PER_CHUNK;

  static final int[] LEAF_KEY = Blake3.key("zkc merkle leaf v1");

  // Columns of one task: their chaining values and one block stay in the first-level cache.
  private static final int TASK_COLUMNS = 256;

  private final int columns;
  private final int rows;
  private final Compression compression;

  /** The chaining values of the chunk at work, word-major as in {@link Digests}. */
  private final int[] chaining;

  /**
   * For every height h, room for two subtrees of 2^h chunks: words 0..7 hold the one that waits for
   * its sibling, words 8..15 that sibling when they are merged.
   */
  private final List<int[]> pairs = new ArrayList<>();

  private int absorbedRows;

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
    chaining = new int[Math.multiplyExact(Blake3.DIGEST_WORDS, columns)];
    for (int chunks = (rows - 1) / CHUNK_ROWS; chunks > 0; chunks /= 2) {
      pairs.add(new int[Math.multiplyExact(Blake3.BLOCK_WORDS, columns)]);
    }
  }

  /** Announces that many residues will be hashed later. */
  public static void announce(long residues) {
    Compression.best().announce(residues / BLOCK_ROWS);
  }

  /** Announces that all rows come at once, before the first. */
  public void expectAll() {
    compression.expect((rows + BLOCK_ROWS - 1L) / BLOCK_ROWS * columns);
  }

  /**
   * Takes the next {@code count} rows, row-major without gaps from index {@code base} of the array.
   * All but the last rows come in multiples of {@link #BLOCK_ROWS}; what follows the last rows, up
   * to such a multiple, is overwritten with zeros.
   */
  public void absorb(int[] block, int base, int count, Workers workers) {
    if (count < 1 || count > rows - absorbedRows) {
      throw new IllegalStateException(count + " rows after " + absorbedRows + " of " + rows);
    }
    int first = absorbedRows;
    absorbedRows += count;
    if (absorbedRows < rows && count % BLOCK_ROWS != 0) {
      throw new IllegalStateException(count + " rows are no blocks, and more are to come");
    }
    int padded = (count + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
    Arrays.fill(block, base + count * columns, base + padded * columns, 0);
    workers.forEach(
        (columns + TASK_COLUMNS - 1) / TASK_COLUMNS,
        task -> {
          int from = task * TASK_COLUMNS;
          int lanes = Math.min(TASK_COLUMNS, columns - from);
          for (int row = 0; row < count; row += BLOCK_ROWS) {
            absorb(block, base + row * columns, first + row, from, lanes);
          }
        });
  }

  /** Advances some columns by the block of rows that starts with row {@code row}. */
  private void absorb(int[] block, int base, int row, int from, int lanes) {
    int chunk = row / CHUNK_ROWS;
    int inChunk = row % CHUNK_ROWS;
    int count = Math.min(BLOCK_ROWS, rows - row);
    boolean last = row + count == rows;
    boolean chunkEnds = last || inChunk == CHUNK_ROWS - BLOCK_ROWS;
    int flags = Blake3.KEYED_HASH;
    flags |= inChunk == 0 ? Blake3.CHUNK_START : 0;
    flags |= chunkEnds ? Blake3.CHUNK_END : 0;
    flags |= last && chunk == 0 ? Blake3.ROOT : 0;
    if (inChunk == 0) {
      key(from, lanes);
    }
    compression.compress(
        chaining, from, columns, block, base + from, columns, lanes, chunk, 4 * count, flags);
    if (chunkEnds) {
      merge(chunk, last, from, lanes);
    }
  }

  /**
   * Merges chunk {@code chunk}, which is in {@link #chaining}, with the subtrees that wait: those
   * of height h with bit h of the chunk's number. A complete subtree is merged as soon as its
   * sibling is, but never at the root while more input follows.
   */
  private void merge(int chunk, boolean last, int from, int lanes) {
    int waiting = chunk;
    int height = 0;
    for (; last ? waiting != 0 : (waiting & 1) != 0; waiting >>>= 1, height++) {
      if ((waiting & 1) == 0) {
        continue;
      }
      int[] pair = pairs.get(height);
      copy(pair, Blake3.DIGEST_WORDS, from, lanes);
      key(from, lanes);
      int flags = Blake3.KEYED_HASH | Blake3.PARENT | (last && waiting == 1 ? Blake3.ROOT : 0);
      compression.compress(
          chaining, from, columns, pair, from, columns, lanes, 0, Blake3.BLOCK_BYTES, flags);
    }
    if (!last) {
      copy(pairs.get(height), 0, from, lanes);
    }
  }

  private void key(int from, int lanes) {
    for (int word = 0; word < Blake3.DIGEST_WORDS; word++) {
      int at = word * columns + from;
      Arrays.fill(chaining, at, at + lanes, LEAF_KEY[word]);
    }
  }

  /** Copies chaining values to words {@code first} .. first + 7 of a pair. */
  private void copy(int[] pair, int first, int from, int lanes) {
    for (int word = 0; word < Blake3.DIGEST_WORDS; word++) {
      System.arraycopy(
          chaining, word * columns + from, pair, (first + word) * columns + from, lanes);
    }
  }

  /** The digests, once all rows are absorbed. */
  public Digests finish() {
    if (absorbedRows != rows) {
      throw new IllegalStateException(absorbedRows + " of " + rows + " rows absorbed");
    }
    Digests out = new Digests(columns);
    System.arraycopy(chaining, 0, out.words(), 0, chaining.length);
    return out;
  }
}
