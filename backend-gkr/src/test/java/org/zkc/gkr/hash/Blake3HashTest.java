package org.zkc.gkr.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Blake3HashTest {
  private static byte[] random(int length) {
    byte[] out = new byte[length];
    new Random(length).nextBytes(out);
    return out;
  }

  /** The value of the empty input is the one that the paper's authors publish. */
  @Test
  void ofNothing() {
    assertEquals(
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        HexFormat.of().formatHex(new Blake3Hash().digest()));
  }

  /** Either side of the ends of blocks, chunks and subtrees, against Bouncy Castle. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        32,
        33,
        41,
        63,
        64,
        65,
        127,
        128,
        129,
        1023,
        1024,
        1025,
        2047,
        2048,
        2049,
        3072,
        3073,
        4096,
        4097,
        5120,
        7169,
        8192,
        8193,
        16384,
        31744,
        102400,
        1 << 20,
        (1 << 20) + 1
      })
  void againstAnotherImplementation(int length) {
    byte[] bytes = random(length);
    Blake3Digest other = new Blake3Digest();
    other.update(bytes, 0, length);
    byte[] expected = new byte[32];
    other.doFinal(expected, 0);
    assertArrayEquals(expected, new Blake3Hash().update(bytes).digest());
    Blake3Digest extended = new Blake3Digest();
    extended.update(bytes, 0, length);
    byte[] stream = new byte[5 * 64];
    extended.doOutput(stream, 0, stream.length);
    Blake3Hash.Output output = new Blake3Hash().update(bytes).output();
    for (int k = 0; k < 5; k++) {
      assertArrayEquals(
          Arrays.copyOfRange(stream, 64 * k, 64 * k + 64), output.next(), "block " + k);
    }
  }

  @Test
  void piecesMakeOneInput() {
    byte[] bytes = random(9000);
    byte[] expected = new Blake3Hash().update(bytes).digest();
    Random random = new Random(1);
    for (int trial = 0; trial < 50; trial++) {
      Blake3Hash hash = new Blake3Hash();
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(bytes.length - at, random.nextInt(trial % 2 == 0 ? 5000 : 100));
        hash.update(bytes, at, n);
        at += n;
      }
      assertArrayEquals(expected, hash.digest());
    }
    byte[] text = "ab".getBytes(StandardCharsets.US_ASCII);
    assertArrayEquals(
        new Blake3Hash().update(text).digest(),
        new Blake3Hash().update((byte) 'a').update((byte) 'b').digest());
  }
}
