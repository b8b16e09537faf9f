package org.zkc.gkr.hash;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.Blake3Digest;

/**
 * The compression function of BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn 2020, section 2) and its constants.
 * Whole hashes of columns are {@link ColumnHasher}'s.
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
    Blake3Digest digest = new Blake3Digest();
    digest.update(name, 0, name.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return Digests.words(out, 0);
  }

  /**
   * One compression, truncated to 8 words: chaining[chainingBase + chainingStride * j], j in 0..7, is replaced; message
   * word j is message[messageBase + messageStride * j].
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
    int[] v = new int[16];
    for (int j = 0; j < 8; j++) {
      v[j] = chaining[chainingBase + chainingStride * j];
    }
    System.arraycopy(IV, 0, v, 8, 4);
    v[12] = (int) counter;
    v[13] = (int) (counter >>> 32);
    v[14] = blockLength;
    v[15] = flags;
    int[] m = new int[BLOCK_WORDS];
    for (int j = 0; j < BLOCK_WORDS; j++) {
      m[j] = message[messageBase + messageStride * j];
    }
    for (int s = 0; s < SCHEDULE.length; s += BLOCK_WORDS) {
      mix(v, 0, 4, 8, 12, m[SCHEDULE[s]], m[SCHEDULE[s + 1]]);
      mix(v, 1, 5, 9, 13, m[SCHEDULE[s + 2]], m[SCHEDULE[s + 3]]);
      mix(v, 2, 6, 10, 14, m[SCHEDULE[s + 4]], m[SCHEDULE[s + 5]]);
      mix(v, 3, 7, 11, 15, m[SCHEDULE[s + 6]], m[SCHEDULE[s + 7]]);
      mix(v, 0, 5, 10, 15, m[SCHEDULE[s + 8]], m[SCHEDULE[s + 9]]);
      mix(v, 1, 6, 11, 12, m[SCHEDULE[s + 10]], m[SCHEDULE[s + 11]]);
      mix(v, 2, 7, 8, 13, m[SCHEDULE[s + 12]], m[SCHEDULE[s + 13]]);
      mix(v, 3, 4, 9, 14, m[SCHEDULE[s + 14]], m[SCHEDULE[s + 15]]);
    }
    for (int j = 0; j < 8; j++) {
      chaining[chainingBase + chainingStride * j] = v[j] ^ v[j + 8];
    }
  }

  private static void mix(int[] v, int a, int b, int c, int d, int x, int y) {
    v[a] += v[b] + x;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 7);
  }
}
