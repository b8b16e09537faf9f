package org.zkc.gkr.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.kernel.Workers;

class ColumnHasherTest {
  /** BLAKE3 in keyed mode by Bouncy Castle, the key being the hash of the context. */
  static byte[] keyed(String context, byte[] data) {
    byte[] name = context.getBytes(StandardCharsets.UTF_8);
    Blake3Digest plain = new Blake3Digest();
    plain.update(name, 0, name.length);
    byte[] key = new byte[32];
    plain.doFinal(key, 0);
    Blake3Digest digest = new Blake3Digest();
    digest.init(Blake3Parameters.key(key));
    digest.update(data, 0, data.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return out;
  }

  private static int[] matrix(int rows, int columns) {
    return new Random(rows * 1000L + columns).ints((long) rows * columns).toArray();
  }

  private static Digests hash(
      int[] matrix, int rows, int columns, Compression compression, Workers workers) {
    return hash(matrix, rows, columns, ColumnHasher.BLOCK_ROWS, compression, workers);
  }

  // Takes `step` rows at a time, a multiple of a block.
  private static Digests hash(
      int[] matrix, int rows, int columns, int step, Compression compression, Workers workers) {
    ColumnHasher hasher = new ColumnHasher(columns, rows, compression);
    for (int from = 0; from < rows; from += step) {
      int count = Math.min(step, rows - from);
      int[] block = new int[step * columns];
      Arrays.fill(block, -1);
      System.arraycopy(matrix, from * columns, block, 0, count * columns);
      hasher.absorb(block, 0, count, workers);
    }
    return hasher.finish();
  }

  private static byte[] column(int[] matrix, int rows, int columns, int c) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < rows; r++) {
      bytes.putInt(matrix[r * columns + c]);
    }
    return bytes.array();
  }

  // Blocks, chunks of 256 rows, and trees of 2 to 9 chunks, whole and cut.
  @ParameterizedTest
  @ValueSource(
      ints = {1, 15, 16, 17, 255, 256, 257, 272, 512, 513, 768, 1024, 1025, 1300, 1792, 2300})
  void agreesWithBouncyCastle(int rows) {
    int columns = 5;
    int[] matrix = matrix(rows, columns);
    Digests digests = hash(matrix, rows, columns, Compression.best(), Workers.callerOnly());
    for (int c = 0; c < columns; c++) {
      byte[] expected = keyed("zkc merkle leaf v1", column(matrix, rows, columns, c));
      assertArrayEquals(expected, digests.get(c), "column " + c);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 33, 64, 300})
  void everyCompressionAndThreadCountGivesTheSameDigests(int columns) {
    int rows = 300;
    int[] matrix = matrix(rows, columns);
    int[] expected =
        hash(matrix, rows, columns, new ScalarCompression(), Workers.callerOnly()).words();
    assertArrayEquals(
        expected, hash(matrix, rows, columns, Compression.best(), Workers.callerOnly()).words());
    try (Workers three = Workers.of(3)) {
      assertArrayEquals(expected, hash(matrix, rows, columns, Compression.best(), three).words());
    }
  }

  // Chunks end and subtrees are merged within one call.
  @ParameterizedTest
  @ValueSource(ints = {32, 48, 256, 272, 2304})
  void anyNumberOfBlocksMayComeAtOnce(int step) {
    int rows = 2300;
    int columns = 300;
    int[] matrix = matrix(rows, columns);
    int[] expected = hash(matrix, rows, columns, Compression.best(), Workers.callerOnly()).words();
    try (Workers three = Workers.of(3)) {
      Digests digests = hash(matrix, rows, columns, step, Compression.best(), three);
      assertArrayEquals(expected, digests.words());
    }
  }

  @Test
  void rowsMissingOrTooManyAreRefused() {
    ColumnHasher hasher = new ColumnHasher(2, 17);
    int[] block = new int[ColumnHasher.BLOCK_ROWS * 2];
    Workers workers = Workers.callerOnly();
    assertThrows(IllegalStateException.class, () -> hasher.absorb(block, 0, 18, workers));
    hasher.absorb(block, 0, 16, workers);
    assertThrows(IllegalStateException.class, hasher::finish);
    hasher.absorb(block, 0, 1, workers);
    assertThrows(IllegalStateException.class, () -> hasher.absorb(block, 0, 1, workers));
  }

  @Test
  void onlyTheLastRowsMayFillNoBlock() {
    ColumnHasher hasher = new ColumnHasher(2, 40);
    int[] block = new int[ColumnHasher.BLOCK_ROWS * 2];
    Workers workers = Workers.callerOnly();
    assertThrows(IllegalStateException.class, () -> hasher.absorb(block, 0, 15, workers));
  }
}
