package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.prove.SmallCircuits;

/**
 * Keys with random damage: refused with the one typed failure, or other valid keys; never anything
 * else, and in time.
 */
class HostileKeyTest {
  private static final long SEED = 4;

  /** A bound on processor time, which other processes on the machine do not lengthen. */
  private static final long MOST_NANOS = 20_000_000_000L;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void damagedKeysAreRefusedOrOthers(SmallCircuits kind) {
    VerifierKey key = VerifierKey.of(CircuitCheck.check(kind.build(1).circuit()), root(kind));
    byte[] bytes = key.encode();
    Random random = new Random(SEED);
    for (int trial = 0; trial < 2000; trial++) {
      byte[] altered = damage(bytes, random);
      long start = THREADS.getCurrentThreadCpuTime();
      try {
        VerifierKey other = VerifierKey.decode(altered);
        assertTrue(
            Arrays.equals(other.encode(), altered), kind + " seed " + SEED + " trial " + trial);
      } catch (VerificationFailure refused) {
        assertNotNull(refused.getMessage());
      }
      assertTrue(
          THREADS.getCurrentThreadCpuTime() - start < MOST_NANOS,
          kind + " seed " + SEED + " trial " + trial + " took too long");
    }
  }

  private static byte[] root(SmallCircuits kind) {
    Arithmetization a = Arithmetization.of(CircuitCheck.check(kind.build(1).circuit()));
    return new byte[a.model().isEmpty() ? 0 : VerifierKey.DIGEST_BYTES];
  }

  /**
   * Some bytes set to values that protobuf varints like, or a range copied over another, or a range
   * cut out.
   */
  private static byte[] damage(byte[] bytes, Random random) {
    byte[] out = bytes.clone();
    switch (random.nextInt(3)) {
      case 0 -> {
        for (int k = 0; k < 1 + random.nextInt(3); k++) {
          byte[] values = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff, (byte) random.nextInt()};
          out[8 + random.nextInt(out.length - 8)] = values[random.nextInt(values.length)];
        }
      }
      case 1 -> {
        int length = 1 + random.nextInt(16);
        int from = 8 + random.nextInt(out.length - 8 - length);
        int to = 8 + random.nextInt(out.length - 8 - length);
        System.arraycopy(bytes, from, out, to, length);
      }
      default -> {
        int from = 8 + random.nextInt(out.length - 8);
        int count = 1 + random.nextInt(Math.min(8, out.length - from));
        System.arraycopy(bytes, from + count, out, from, out.length - from - count);
        out = Arrays.copyOf(out, out.length - count);
      }
    }
    return out;
  }
}
