package org.zkc.gkr.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.junit.jupiter.api.Test;

class NonceSearchTest {
  private static int leadingZeros(byte[] state, long nonce, byte domain) {
    byte[] input =
        ByteBuffer.allocate(41)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(state)
            .putLong(nonce)
            .put(domain)
            .array();
    Blake3Digest digest = new Blake3Digest();
    digest.update(input, 0, input.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return Integer.numberOfLeadingZeros(ByteBuffer.wrap(out).getInt());
  }

  @Test
  void hashesAreBlake3OfStateNonceAndDomain() {
    byte[] state = new byte[32];
    new Random(9).nextBytes(state);
    NonceSearch search = new NonceSearch(state, (byte) 200);
    for (long nonce : new long[] {0, 1, 255, 1L << 32, -1}) {
      assertEquals(
          leadingZeros(state, nonce, (byte) 200), search.leadingZeros(nonce), "nonce " + nonce);
    }
  }

  @Test
  void theLeastNonceIsFound() {
    byte[] state = new byte[32];
    for (int bits : new int[] {0, 1, 5, 11}) {
      state[0]++;
      long found = new NonceSearch(state, (byte) 7).find(bits);
      assertEquals(found, new NonceSearch(state, (byte) 7, new ScalarCompression()).find(bits));
      assertTrue(leadingZeros(state, found, (byte) 7) >= bits);
      for (long nonce = 0; nonce < found; nonce++) {
        assertTrue(
            leadingZeros(state, nonce, (byte) 7) < bits, "bits " + bits + ", nonce " + nonce);
      }
    }
  }
}
