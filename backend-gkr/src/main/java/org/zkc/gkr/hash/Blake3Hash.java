package org.zkc.gkr.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * BLAKE3 of bytes that come piece by piece, without a key (O'Connor, Aumasson, Neves,
 * Wilcox-O'Hearn 2020, sections 2.1 to 2.6): chunks of 1024 bytes in blocks of 64 are the leaves of
 * a binary tree, whose left subtrees are full; the stack holds the roots of the full subtrees so
 * far.
 */
public final class Blake3Hash {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Chunks of an array of 2^31 bytes are 2^21; every level of the tree has one root at most. */
  private static final int LEVELS = 54;

  // Empty until a chunk is complete, which most inputs never fill.
  private int[] stack = {};
  private int levels;
  private long chunk;
  private final int[] chaining = Blake3.IV.clone();
  private int blocks;
  private final byte[] block = new byte[Blake3.BLOCK_BYTES];
  private int filled;
  private final int[] words = new int[Blake3.BLOCK_WORDS];
  private int rootLength;

  /** Hashes {@code count} bytes more. */
  public Blake3Hash update(byte[] bytes, int from, int count) {
    int at = from;
    int end = from + count;
    while (at < end) {
      if (filled == Blake3.BLOCK_BYTES) {
        // More follows, so this block is not the last.
        next();
      }
      int n = Math.min(end - at, Blake3.BLOCK_BYTES - filled);
      System.arraycopy(bytes, at, block, filled, n);
      filled += n;
      at += n;
    }
    return this;
  }

  public Blake3Hash update(byte[] bytes) {
    return update(bytes, 0, bytes.length);
  }

  public Blake3Hash update(byte one) {
    return update(new byte[] {one}, 0, 1);
  }

  /** Compresses a full block that is not the input's last. */
  private void next() {
    boolean ends = blocks == Blake3.BLOCKS_PER_CHUNK - 1;
    read();
    Blake3.compress(chaining, 0, 1, words, 0, 1, chunk, Blake3.BLOCK_BYTES, flags(ends));
    blocks++;
    filled = 0;
    if (!ends) {
      return;
    }
    // As many subtrees are complete as the number of chunks ends with zero bits.
    chunk++;
    for (long complete = chunk; (complete & 1) == 0; complete >>= 1) {
      join(Blake3.PARENT);
    }
    if (stack.length == 0) {
      stack = new int[LEVELS * Blake3.DIGEST_WORDS];
    }
    System.arraycopy(chaining, 0, stack, levels * Blake3.DIGEST_WORDS, Blake3.DIGEST_WORDS);
    levels++;
    System.arraycopy(Blake3.IV, 0, chaining, 0, Blake3.DIGEST_WORDS);
    blocks = 0;
  }

  private int flags(boolean endsChunk) {
    return (blocks == 0 ? Blake3.CHUNK_START : 0) | (endsChunk ? Blake3.CHUNK_END : 0);
  }

  private void read() {
    for (int k = 0; k < Blake3.BLOCK_WORDS; k++) {
      words[k] = (int) INT.get(block, 4 * k);
    }
  }

  /** Replaces the chaining value by the parent of the stack's top and itself. */
  private void join(int flags) {
    pop();
    System.arraycopy(Blake3.IV, 0, chaining, 0, Blake3.DIGEST_WORDS);
    Blake3.compress(chaining, 0, 1, words, 0, 1, 0, Blake3.BLOCK_BYTES, flags);
  }

  /** Makes the stack's top and the chaining value the message of a parent. */
  private void pop() {
    levels--;
    System.arraycopy(stack, levels * Blake3.DIGEST_WORDS, words, 0, Blake3.DIGEST_WORDS);
    System.arraycopy(chaining, 0, words, Blake3.DIGEST_WORDS, Blake3.DIGEST_WORDS);
  }

  /** The first 32 bytes of the output; nothing can be hashed afterwards. */
  public byte[] digest() {
    int flags = root();
    Blake3.compress(chaining, 0, 1, words, 0, 1, 0, rootLength, flags);
    byte[] out = new byte[Digests.BYTES];
    for (int k = 0; k < Blake3.DIGEST_WORDS; k++) {
      INT.set(out, 4 * k, chaining[k]);
    }
    return out;
  }

  /** The extendable output; nothing can be hashed afterwards. */
  public Output output() {
    int flags = root();
    return new Output(chaining, words, rootLength, flags);
  }

  /**
   * Makes the chaining value and the message those of the root's compression, of {@link
   * #rootLength} bytes, and returns its flags.
   */
  private int root() {
    Arrays.fill(block, filled, block.length, (byte) 0);
    read();
    rootLength = filled;
    int flags = flags(true);
    long counter = chunk;
    while (levels > 0) {
      Blake3.compress(chaining, 0, 1, words, 0, 1, counter, rootLength, flags);
      pop();
      System.arraycopy(Blake3.IV, 0, chaining, 0, Blake3.DIGEST_WORDS);
      rootLength = Blake3.BLOCK_BYTES;
      flags = Blake3.PARENT;
      counter = 0;
    }
    return flags | Blake3.ROOT;
  }

  /** The output of a root: one compression of it for every 64 bytes, numbered from 0. */
  public static final class Output {
    private final int[] chaining;
    private final int[] message;
    private final int blockLength;
    private final int flags;
    private final int[] first = new int[Blake3.DIGEST_WORDS];
    private final int[] rest = new int[Blake3.DIGEST_WORDS];
    private final byte[] bytes = new byte[Blake3.BLOCK_BYTES];
    private long counter;

    private Output(int[] chaining, int[] message, int blockLength, int flags) {
      this.chaining = chaining;
      this.message = message;
      this.blockLength = blockLength;
      this.flags = flags;
    }

    /** The next 64 bytes, in an array that the next call writes again. */
    public byte[] next() {
      System.arraycopy(chaining, 0, first, 0, Blake3.DIGEST_WORDS);
      Blake3.compress(first, 0, 1, message, 0, 1, counter, blockLength, flags, rest);
      counter++;
      for (int k = 0; k < Blake3.DIGEST_WORDS; k++) {
        INT.set(bytes, 4 * k, first[k]);
        INT.set(bytes, 4 * (k + Blake3.DIGEST_WORDS), rest[k]);
      }
      return bytes;
    }
  }
}
