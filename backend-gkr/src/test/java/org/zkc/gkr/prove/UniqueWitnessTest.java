package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.layout.WitnessLayout;

/**
 * In every small circuit, other values of sampled elements of every committed tensor are rejected,
 * by the relation that defines the tensor, whatever the prover derives from them.
 */
class UniqueWitnessTest {
  private static final long SEED = 14;
  private static final int TRIALS = 12;

  /** Trials where a proof commits to more than {@link #LARGE} elements. */
  private static final int TRIALS_OF_LARGE = 3;

  private static final long LARGE = 1 << 16;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void noOtherElementIsAccepted(SmallCircuits kind) throws Exception {
    Random random = new Random(SEED);
    try (WeakProof weak = new WeakProof(kind.build(1), directory)) {
      WitnessLayout layout = weak.key.verifierKey().arithmetization().witness();
      boolean large = (long) layout.rows() * layout.width() > LARGE;
      int tried = 0;
      int committed = 0;
      for (int t = 0; t < weak.honest.length; t++) {
        TensorDeclaration d = weak.circuit.tensor(t);
        if (d.role() != TensorDeclaration.Role.WITNESS) {
          continue;
        }
        committed++;
        for (int trial = 0; trial < (large ? TRIALS_OF_LARGE : TRIALS); trial++) {
          int at = random.nextInt(weak.honest[t].length);
          int value = other(weak.honest[t][at], d, random);
          int[] changed = weak.honest[t].clone();
          changed[at] = value;
          String what =
              kind
                  + " seed "
                  + SEED
                  + " tensor "
                  + t
                  + " element "
                  + at
                  + ": "
                  + value
                  + " for "
                  + weak.honest[t][at];
          byte[] proof;
          int[][] elements;
          try {
            elements = weak.withTensor(t, changed);
            proof = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
          } catch (VerificationFailure | IndexOutOfBoundsException outOfRange) {
            // What follows leaves its declared interval or its table: no statement of the kind
            // exists.
            continue;
          }
          tried++;
          String why = weak.rejection(weak.statement(elements), proof);
          assertNotNull(why, what);
          assertTrue(
              why.startsWith("lookup tables layer 0") || why.contains("Max"), what + ": " + why);
        }
      }
      assertTrue(committed == 0 || tried > 0, kind + ": nothing was tried");
    }
  }

  private static int other(int honest, TensorDeclaration d, Random random) {
    if (d.low() == d.high()) {
      return honest + 1;
    }
    int value = honest;
    while (value == honest) {
      value =
          random.nextBoolean()
              ? (int) Math.clamp(honest + (long) random.nextInt(-1, 2), d.low(), d.high())
              : (int) random.nextLong(d.low(), d.high() + 1);
    }
    return value;
  }
}
