package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.KeccakF1600;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredVerifier;
import org.zkc.gkr.layered.Poseidon2;

/** What the permutations of the examples give, against what others have published. */
class KnownAnswersTest {
  private static final byte[] NOTHING = {};

  private static LayeredProver.Proved proved(
      LayeredCircuit circuit, int copies, List<int[]> inputs) {
    LayeredProver.Proved proved =
        LayeredProver.prove(circuit, copies, inputs, NOTHING, Workers.callerOnly());
    LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), NOTHING);
    return proved;
  }

  /** Plonky3's test of its default permutation of width 16, on 0 .. 15. */
  @Test
  void poseidon2IsPlonky3s() {
    int[] expected = {
      0x0b2c803a, 0x5b1ee4d1, 0x49c6b1e3, 0x2cdc280c, 0x310a60c8, 0x530a729e, 0x4e61bcb4,
          0x2e84d3c3,
      0x58709c08, 0x7e82ac42, 0x2162bcef, 0x6d153ab6, 0x742cf0e3, 0x2f21632d, 0x61adce1e, 0x1973d6f1
    };
    for (Visibility visibility : Visibility.values()) {
      int[] input = IntStream.range(0, 2 * Poseidon2.WIDTH).map(k -> k % Poseidon2.WIDTH).toArray();
      int[] out =
          proved(Poseidon2.circuit(visibility), 2, List.of(input)).statement().outputs().getFirst();
      for (int k = 0; k < out.length; k++) {
        assertEquals(expected[k % Poseidon2.WIDTH], out[k], "element " + k);
      }
    }
  }

  /** SHA3-256 of messages of one block, as the JDK computes it. */
  @Test
  void keccakIsSha3s() throws Exception {
    int copies = 3;
    int rate = 136;
    List<byte[]> messages = List.of(new byte[0], "abc".getBytes("US-ASCII"), random(rate - 1));
    List<int[]> lanes = new ArrayList<>();
    for (int lane = 0; lane < KeccakF1600.LANES; lane++) {
      lanes.add(new int[copies * KeccakF1600.LANE_BITS]);
    }
    for (int c = 0; c < copies; c++) {
      byte[] block = new byte[8 * KeccakF1600.LANES];
      byte[] message = messages.get(c);
      System.arraycopy(message, 0, block, 0, message.length);
      block[message.length] ^= 6;
      block[rate - 1] ^= (byte) 0x80;
      for (int bit = 0; bit < 8 * block.length; bit++) {
        int value = (block[bit / 8] >> bit % 8 & 1) == 0 ? 1 : M31.P - 1;
        lanes.get(bit / 64)[c * 64 + bit % 64] = value;
      }
    }
    List<int[]> out =
        proved(KeccakF1600.circuit(Visibility.PUBLIC), copies, lanes).statement().outputs();
    for (int c = 0; c < copies; c++) {
      byte[] digest = new byte[32];
      for (int bit = 0; bit < 256; bit++) {
        int value = out.get(bit / 64)[c * 64 + bit % 64];
        assertEquals(true, value == 1 || value == M31.P - 1);
        digest[bit / 8] |= (byte) (value == 1 ? 0 : 1 << bit % 8);
      }
      byte[] expected = MessageDigest.getInstance("SHA3-256").digest(messages.get(c));
      assertArrayEquals(expected, digest, HexFormat.of().formatHex(digest));
    }
  }

  private static byte[] random(int length) {
    byte[] out = new byte[length];
    new Random(5).nextBytes(out);
    return out;
  }
}
