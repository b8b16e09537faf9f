package org.zkc.gkr.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Many 32-byte digests, word-major: word j of digest k is {@code words()[j * count() + k]}, so that
 * one vector holds the same word of adjacent digests. The bytes of a digest are its eight words,
 * little-endian.
 */
public final class Digests {
  /** Bytes of a digest. */
  public static final int BYTES = 32;

  private static final int WORDS = Blake3.DIGEST_WORDS;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final int[] words;
  private final int count;

  public Digests(int count) {
    this.words = new int[Math.multiplyExact(WORDS, count)];
    this.count = count;
  }

  public int count() {
    return count;
  }

  /** The shared word-major array. */
  public int[] words() {
    return words;
  }

  public byte[] get(int k) {
    byte[] out = new byte[BYTES];
    write(k, out, 0);
    return out;
  }

  public void write(int k, byte[] out, int at) {
    Objects.checkIndex(k, count);
    for (int j = 0; j < WORDS; j++) {
      INT.set(out, at + 4 * j, words[j * count + k]);
    }
  }

  public void set(int k, byte[] in, int at) {
    Objects.checkIndex(k, count);
    for (int j = 0; j < WORDS; j++) {
      words[j * count + k] = (int) INT.get(in, at + 4 * j);
    }
  }

  /** Copies digest {@code from} of {@code source} to place {@code k}. */
  void set(int k, Digests source, int from) {
    for (int j = 0; j < WORDS; j++) {
      words[j * count + k] = source.words[j * source.count + from];
    }
  }

  static int[] words(byte[] in, int at) {
    int[] out = new int[WORDS];
    for (int j = 0; j < WORDS; j++) {
      out[j] = (int) INT.get(in, at + 4 * j);
    }
    return out;
  }
}
