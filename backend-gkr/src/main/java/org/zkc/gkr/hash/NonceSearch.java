package org.zkc.gkr.hash;

import java.util.Arrays;

/**
 * Proof of work on BLAKE3: hashes of state (32 bytes), nonce (8 bytes, little-endian) and a domain
 * byte, one block each, many nonces at a time.
 */
public final class NonceSearch {
  private static final int LANES = 256;
  private static final int INPUT_BYTES = Digests.BYTES + 8 + 1;
  private static final int NONCE_WORD = 8;
  private static final int DOMAIN_WORD = 10;
  private static final int FLAGS = Blake3.CHUNK_START | Blake3.CHUNK_END | Blake3.ROOT;

  private final int[] state;
  private final int domain;
  private final Compression compression;

  /**
   * @param state 32 bytes
   * @param domain tells these hashes from others of the same state
   */
  public NonceSearch(byte[] state, byte domain) {
    this(state, domain, Compression.best());
  }

  NonceSearch(byte[] state, byte domain, Compression compression) {
    this.state = Digests.words(state, 0);
    this.domain = domain & 0xFF;
    this.compression = compression;
  }

  /** The least nonce whose hash begins with {@code bits} zero bits, bits in 0..32. */
  public long find(int bits) {
    int[] message = message(LANES);
    int[] chaining = new int[Blake3.DIGEST_WORDS * LANES];
    for (long nonce = 0; ; nonce += LANES) {
      hash(nonce, message, chaining);
      for (int l = 0; l < LANES; l++) {
        if (leadingZeros(chaining[l]) >= bits) {
          return nonce + l;
        }
      }
    }
  }

  /** The number of zero bits, at most 32, that the hash of {@code nonce} begins with. */
  public int leadingZeros(long nonce) {
    int[] chaining = new int[Blake3.DIGEST_WORDS];
    hash(nonce, message(1), chaining);
    return leadingZeros(chaining[0]);
  }

  // Bits are counted in the order of the bytes, each from its highest.
  private static int leadingZeros(int firstWord) {
    return Integer.numberOfLeadingZeros(Integer.reverseBytes(firstWord));
  }

  // The block of every lane but for the nonce, word-major.
  private int[] message(int lanes) {
    int[] message = new int[Blake3.BLOCK_WORDS * lanes];
    for (int j = 0; j < Blake3.DIGEST_WORDS; j++) {
      Arrays.fill(message, j * lanes, (j + 1) * lanes, state[j]);
    }
    Arrays.fill(message, DOMAIN_WORD * lanes, (DOMAIN_WORD + 1) * lanes, domain);
    return message;
  }

  // Hashes the nonces from `nonce` on; the first words of the digests are the first of chaining.
  private void hash(long nonce, int[] message, int[] chaining) {
    int lanes = chaining.length / Blake3.DIGEST_WORDS;
    for (int j = 0; j < Blake3.DIGEST_WORDS; j++) {
      Arrays.fill(chaining, j * lanes, (j + 1) * lanes, Blake3.IV[j]);
    }
    for (int l = 0; l < lanes; l++) {
      message[NONCE_WORD * lanes + l] = (int) (nonce + l);
      message[(NONCE_WORD + 1) * lanes + l] = (int) (nonce + l >>> 32);
    }
    compression.compress(chaining, 0, lanes, message, 0, lanes, lanes, 0, INPUT_BYTES, FLAGS);
  }
}
