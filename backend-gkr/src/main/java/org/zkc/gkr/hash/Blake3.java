package org.zkc.gkr.hash;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The compression function of BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn 2020, section 2)
 * and its constants. Whole hashes are {@link Blake3Hash}'s, those of columns {@link
 * ColumnHasher}'s.
 */
final class Blake3 {
  static final int CHUNK_START = 1;
  static final int CHUNK_END = 1 << 1;
  static final int PARENT = 1 << 2;
  static final int ROOT = 1 << 3;
  static final int KEYED_HASH = 1 << 4;

  static final int BLOCK_BYTES = 64;
  static final int BLOCK_WORDS = 16;
  static final int BLOCKS_PER_CHUNK = 16;
  static final int DIGEST_WORDS = 8;
  static final int ROUNDS = 7;

  static final int[] IV = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
  };

  private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

  /** Message word of step i of round r: SCHEDULE[16 r + i], the permutation applied r times. */
  static final int[] SCHEDULE = schedule();

  private Blake3() {}

  private static int[] schedule() {
    int[] schedule = new int[ROUNDS * BLOCK_WORDS];
    for (int i = 0; i < BLOCK_WORDS; i++) {
      schedule[i] = i;
    }
    for (int i = BLOCK_WORDS; i < schedule.length; i++) {
      schedule[i] = schedule[i - i % BLOCK_WORDS - BLOCK_WORDS + PERMUTATION[i % BLOCK_WORDS]];
    }
    return schedule;
  }

  /** A key of keyed mode: the hash of a context string, as words. */
  static int[] key(String context) {
    byte[] name = context.getBytes(StandardCharsets.UTF_8);
    return Digests.words(new Blake3Hash().update(name).digest(), 0);
  }

  /**
   * One compression, truncated to 8 words: chaining[chainingBase + chainingStride * j], j in 0..7,
   * is replaced; message word j is message[messageBase + messageStride * j].
   */
  static void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      long counter,
      int blockLength,
      int flags) {
    compress(
        chaining,
        chainingBase,
        chainingStride,
        message,
        messageBase,
        messageStride,
        counter,
        blockLength,
        flags,
        null);
  }

  /** {@link #compress} that writes words 8 to 15 of the output to {@code rest} too. */
  static void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      long counter,
      int blockLength,
      int flags,
      int @Nullable [] rest) {
    int m0 = message[messageBase];
    int m1 = message[messageBase + messageStride];
    int m2 = message[messageBase + 2 * messageStride];
    int m3 = message[messageBase + 3 * messageStride];
    int m4 = message[messageBase + 4 * messageStride];
    int m5 = message[messageBase + 5 * messageStride];
    int m6 = message[messageBase + 6 * messageStride];
    int m7 = message[messageBase + 7 * messageStride];
    int m8 = message[messageBase + 8 * messageStride];
    int m9 = message[messageBase + 9 * messageStride];
    int m10 = message[messageBase + 10 * messageStride];
    int m11 = message[messageBase + 11 * messageStride];
    int m12 = message[messageBase + 12 * messageStride];
    int m13 = message[messageBase + 13 * messageStride];
    int m14 = message[messageBase + 14 * messageStride];
    int m15 = message[messageBase + 15 * messageStride];
    int v0 = chaining[chainingBase];
    int v1 = chaining[chainingBase + chainingStride];
    int v2 = chaining[chainingBase + 2 * chainingStride];
    int v3 = chaining[chainingBase + 3 * chainingStride];
    int v4 = chaining[chainingBase + 4 * chainingStride];
    int v5 = chaining[chainingBase + 5 * chainingStride];
    int v6 = chaining[chainingBase + 6 * chainingStride];
    int v7 = chaining[chainingBase + 7 * chainingStride];
    int v8 = IV[0];
    int v9 = IV[1];
    int v10 = IV[2];
    int v11 = IV[3];
    int v12 = (int) counter;
    int v13 = (int) (counter >>> 32);
    int v14 = blockLength;
    int v15 = flags;
    for (int round = 0; round < ROUNDS; round++) {
      v0 += v4 + m0;
      v12 = Integer.rotateRight(v12 ^ v0, 16);
      v8 += v12;
      v4 = Integer.rotateRight(v4 ^ v8, 12);
      v1 += v5 + m2;
      v13 = Integer.rotateRight(v13 ^ v1, 16);
      v9 += v13;
      v5 = Integer.rotateRight(v5 ^ v9, 12);
      v2 += v6 + m4;
      v14 = Integer.rotateRight(v14 ^ v2, 16);
      v10 += v14;
      v6 = Integer.rotateRight(v6 ^ v10, 12);
      v3 += v7 + m6;
      v15 = Integer.rotateRight(v15 ^ v3, 16);
      v11 += v15;
      v7 = Integer.rotateRight(v7 ^ v11, 12);
      v0 += v4 + m1;
      v12 = Integer.rotateRight(v12 ^ v0, 8);
      v8 += v12;
      v4 = Integer.rotateRight(v4 ^ v8, 7);
      v1 += v5 + m3;
      v13 = Integer.rotateRight(v13 ^ v1, 8);
      v9 += v13;
      v5 = Integer.rotateRight(v5 ^ v9, 7);
      v2 += v6 + m5;
      v14 = Integer.rotateRight(v14 ^ v2, 8);
      v10 += v14;
      v6 = Integer.rotateRight(v6 ^ v10, 7);
      v3 += v7 + m7;
      v15 = Integer.rotateRight(v15 ^ v3, 8);
      v11 += v15;
      v7 = Integer.rotateRight(v7 ^ v11, 7);
      v0 += v5 + m8;
      v15 = Integer.rotateRight(v15 ^ v0, 16);
      v10 += v15;
      v5 = Integer.rotateRight(v5 ^ v10, 12);
      v1 += v6 + m10;
      v12 = Integer.rotateRight(v12 ^ v1, 16);
      v11 += v12;
      v6 = Integer.rotateRight(v6 ^ v11, 12);
      v2 += v7 + m12;
      v13 = Integer.rotateRight(v13 ^ v2, 16);
      v8 += v13;
      v7 = Integer.rotateRight(v7 ^ v8, 12);
      v3 += v4 + m14;
      v14 = Integer.rotateRight(v14 ^ v3, 16);
      v9 += v14;
      v4 = Integer.rotateRight(v4 ^ v9, 12);
      v0 += v5 + m9;
      v15 = Integer.rotateRight(v15 ^ v0, 8);
      v10 += v15;
      v5 = Integer.rotateRight(v5 ^ v10, 7);
      v1 += v6 + m11;
      v12 = Integer.rotateRight(v12 ^ v1, 8);
      v11 += v12;
      v6 = Integer.rotateRight(v6 ^ v11, 7);
      v2 += v7 + m13;
      v13 = Integer.rotateRight(v13 ^ v2, 8);
      v8 += v13;
      v7 = Integer.rotateRight(v7 ^ v8, 7);
      v3 += v4 + m15;
      v14 = Integer.rotateRight(v14 ^ v3, 8);
      v9 += v14;
      v4 = Integer.rotateRight(v4 ^ v9, 7);
      // The words of the next round, by the permutation's two cycles: they stay in registers and
      // on the stack, where looking them up by SCHEDULE takes twice as long.
      int first = m0;
      m0 = m2;
      m2 = m3;
      m3 = m10;
      m10 = m12;
      m12 = m9;
      m9 = m11;
      m11 = m5;
      m5 = first;
      first = m1;
      m1 = m6;
      m6 = m4;
      m4 = m7;
      m7 = m13;
      m13 = m14;
      m14 = m15;
      m15 = m8;
      m8 = first;
    }
    if (rest != null) {
      rest[0] = v8 ^ chaining[chainingBase];
      rest[1] = v9 ^ chaining[chainingBase + chainingStride];
      rest[2] = v10 ^ chaining[chainingBase + 2 * chainingStride];
      rest[3] = v11 ^ chaining[chainingBase + 3 * chainingStride];
      rest[4] = v12 ^ chaining[chainingBase + 4 * chainingStride];
      rest[5] = v13 ^ chaining[chainingBase + 5 * chainingStride];
      rest[6] = v14 ^ chaining[chainingBase + 6 * chainingStride];
      rest[7] = v15 ^ chaining[chainingBase + 7 * chainingStride];
    }
    chaining[chainingBase] = v0 ^ v8;
    chaining[chainingBase + chainingStride] = v1 ^ v9;
    chaining[chainingBase + 2 * chainingStride] = v2 ^ v10;
    chaining[chainingBase + 3 * chainingStride] = v3 ^ v11;
    chaining[chainingBase + 4 * chainingStride] = v4 ^ v12;
    chaining[chainingBase + 5 * chainingStride] = v5 ^ v13;
    chaining[chainingBase + 6 * chainingStride] = v6 ^ v14;
    chaining[chainingBase + 7 * chainingStride] = v7 ^ v15;
  }
}
