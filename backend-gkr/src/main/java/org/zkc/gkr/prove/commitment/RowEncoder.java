package org.zkc.gkr.prove.commitment;

import java.util.Arrays;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.kernel.Workers;

/** Encodes rows to codewords, row-major, each on one thread. */
final class RowEncoder {
  private final CircleCode code;
  private final int rows;
  private final RowSource source;
  private final Workers workers;

  RowEncoder(CircleCode code, int rows, RowSource source, Workers workers) {
    this.code = code;
    this.rows = rows;
    this.source = source;
    this.workers = workers;
  }

  /** Blocks of the whole matrix. */
  int blocks() {
    return (rows + ColumnHasher.BLOCK_ROWS - 1) / ColumnHasher.BLOCK_ROWS;
  }

  /** Real rows of block {@code block}. */
  int rowsOf(int block) {
    return Math.min(ColumnHasher.BLOCK_ROWS, rows - block * ColumnHasher.BLOCK_ROWS);
  }

  /** Writes the codewords of {@code count} rows from {@code first} on to out[at, ...). */
  void encode(int first, int count, int[] out, int at) {
    workers.forEach(count, r -> encodeRow(first + r, out, at + r * code.length()));
  }

  /** Writes the codeword of row {@code row} to out[at, ...), on the calling thread. */
  void encodeRow(int row, int[] out, int at) {
    Arrays.fill(out, at, at + code.dimension(), 0);
    source.fill(row, out, at);
    code.encodeInPlace(out, at);
  }

  /** {@link #encodeRow} for the symbols at ascending positions; the others are anything. */
  void encodeRowAt(int[] positions, int row, int[] out) {
    Arrays.fill(out, 0, code.dimension(), 0);
    source.fill(row, out, 0);
    code.encodeInPlaceAt(positions, out, 0);
  }
}
