package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.gkr.prove.SmallModel;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;

/**
 * Every byte of a proof file, statement included, counts; whatever is changed, cut off or added,
 * the only outcome is a failure.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ByteMutationTest {
  private static final long SEED = 2;

  @TempDir Path directory;

  /** Accepts, or throws a VerificationFailure; anything else that is thrown fails the test. */
  private interface Check {
    void verify(byte[] file);
  }

  private static void rejected(Check check, byte[] file, String what) {
    assertThrows(VerificationFailure.class, () -> check.verify(file), what);
  }

  @Test
  void everyByteOfASmallProofUnderWeakParameters() throws Exception {
    // One of every kind of step: convolution, matrix product, bias, requantisation, maximum,
    // product.
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-4, 4, 1, 1, 3, 3);
    int y = b.requantize(b.conv(x, b.model(-3, 3, 3, 1, 2, 2), 1, 0, 1, 1), 2, 1, 0, 7);
    int m = b.max(3, y, b.view(y, new ViewStep.Window(3, 2, 1, 1, 1, 1)));
    int flat = b.view(m, new ViewStep.Reshape(java.util.List.of(1, 12)));
    int z = b.addBias(b.matMul(flat, b.model(-3, 3, 2, 12)), b.model(-9, 9, 2));
    try (WeakProof weak = new WeakProof(b.output(b.product(z, z)), directory)) {
      VerifierKey key = weak.key.verifierKey();
      Check check =
          file -> {
            ProofFile f = ProofFile.decode(file, key);
            WeakVerifier.verify(key, f.statement(), f.proof(), WeakProof.CONTEXT);
          };
      byte[] file = new ProofFile(weak.statement(weak.honest), weak.prove()).encode();
      check.verify(file);
      Random random = new Random(SEED);
      int[] others = random.ints(file.length, 1, 256).toArray();
      // One bit, and a change of any bits, in each byte.
      IntStream.range(0, file.length)
          .parallel()
          .forEach(at -> {
            rejected(check, changed(file, at, 1 << at % 8), "byte " + at + " bit " + at % 8);
            rejected(
                check,
                changed(file, at, others[at]),
                "seed " + SEED + " byte " + at + " ^ " + others[at]);
          });
      IntStream.range(0, file.length)
          .parallel()
          .forEach(length -> rejected(check, Arrays.copyOf(file, length), "cut to " + length));
      for (int more = 1; more < 70; more++) {
        byte[] longer = Arrays.copyOf(file, file.length + more);
        rejected(check, longer, "longer by " + more + " zeros");
        System.arraycopy(file, file.length - more, longer, file.length, more);
        rejected(check, longer, "longer by a copy of the last " + more);
      }
    }
  }

  @Test
  void twoThousandBytesOfALeNetAtFullParameters() throws Exception {
    CircuitBuilder builder = leNet();
    CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
    int[][] elements = CircuitEvaluator.evaluate(circuit, builder.given());
    Witness witness = new Witness(elements.length);
    for (int t = 0; t < elements.length; t++) {
      witness.set(t, elements[t]);
    }
    byte[] context = {1, 2, 3};
    try (ProvingKey proving =
        ProvingKey.generate(
            circuit,
            new SmallModel(circuit.circuit(), builder.given()),
            directory.resolve("code"),
            2)) {
      byte[] proof = Prover.prove(proving, witness, context, ProverOptions.quiet());
      VerifierKey key = VerifierKey.decode(proving.verifierKey().encode());
      Statement statement = Prover.statement(key, witness);
      assertTrue(key.parameters().queries() > 100, "full parameters: " + key.parameters());
      byte[] file = new ProofFile(statement, proof).encode();
      Check check =
          f -> {
            ProofFile read = ProofFile.decode(f, key);
            Verifier.verify(key, read.statement(), read.proof(), context);
          };
      check.verify(file);
      Random random = new Random(SEED);
      int[] places = random.ints(2000, 0, file.length).toArray();
      int[] changes = random.ints(2000, 1, 256).toArray();
      assertEquals(2000, places.length);
      IntStream.range(0, places.length)
          .parallel()
          .forEach(k -> {
            String what = "seed " + SEED + " byte " + places[k] + " ^ " + changes[k];
            rejected(check, changed(file, places[k], changes[k]), what);
          });
      for (int length : random.ints(100, 0, file.length).toArray()) {
        rejected(check, Arrays.copyOf(file, length), "seed " + SEED + " cut to " + length);
      }
    }
  }

  private static byte[] changed(byte[] file, int at, int mask) {
    byte[] out = file.clone();
    out[at] ^= (byte) mask;
    return out;
  }

  /** LeNet's layers on a quarter of its image, and narrower. */
  private static CircuitBuilder leNet() {
    CircuitBuilder b = new CircuitBuilder(5);
    int x = b.input(-128, 127, 1, 1, 16, 16);
    int c1 =
        b.requantize(
            b.addBias(
                b.conv(x, b.model(-127, 127, 6, 1, 5, 5), 1, 0, 1, 1), b.model(-9999, 9999, 6)),
            11,
            1,
            0,
            127);
    int p1 = pool(b, c1);
    int c2 =
        b.requantize(
            b.addBias(
                b.conv(p1, b.model(-127, 127, 16, 6, 3, 3), 1, 0, 1, 1), b.model(-9999, 9999, 16)),
            12,
            1,
            0,
            127);
    int p2 = pool(b, c2);
    int flat = b.view(p2, new ViewStep.Reshape(java.util.List.of(1, 64)));
    int f1 =
        b.requantize(
            b.addBias(b.matMul(flat, b.model(-127, 127, 30, 64)), b.model(-9999, 9999, 30)),
            11,
            1,
            0,
            127);
    int f2 =
        b.requantize(
            b.addBias(b.matMul(f1, b.model(-127, 127, 21, 30)), b.model(-9999, 9999, 21)),
            10,
            1,
            0,
            127);
    return b.output(b.addBias(b.matMul(f2, b.model(-127, 127, 10, 21)), b.model(-9999, 9999, 10)));
  }

  private static int pool(CircuitBuilder b, int x) {
    int sum =
        b.view(
            x,
            new ViewStep.Window(2, b.shape(x).get(2) / 2, 2, 1, 0, 2),
            new ViewStep.Window(3, b.shape(x).get(3) / 2, 2, 1, 0, 2));
    return b.requantize(sum, 2, 1, 0, 127);
  }
}
