package org.zkc.gkr.prove.commitment;

import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.kernel.Workers;

/** Encodes blocks of {@link ColumnHasher#BLOCK_ROWS} rows, row-major. */
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

  /** Writes the codewords of block {@code block} to out[at, ...). */
  void encode(int block, int[] out, int at) {
    workers.forEach(
        rowsOf(block),
        r -> {
          int[] message = new int[code.dimension()];
          source.fill(block * ColumnHasher.BLOCK_ROWS + r, message, 0);
          code.encode(message, 0, message.length, out, at + r * code.length());
        });
  }
}
