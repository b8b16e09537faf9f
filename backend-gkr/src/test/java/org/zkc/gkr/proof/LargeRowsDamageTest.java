package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.estimate.ProofSize;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.WeakVerifier;

/**
 * Damaged keys and proofs of a model of 7.5 G weights, whose rows are wider than those of small
 * ones. All its integers are 0, so that a proof of zeros holds as far as the columns.
 */
class LargeRowsDamageTest {
  private static final long SEED = 8;
  private static final int MATRICES = 7;
  private static final int OUTPUTS = 1 << 14;
  private static final int INPUTS = 1 << 16;

  /** A bound on what one verification allocates besides copies of the proof. */
  private static final long ALLOCATION = 64L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static Circuit circuit() {
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(List.of(TensorDeclaration.input(List.of(1, INPUTS), 0, 0)));
    ArrayList<Relation> relations = new ArrayList<>();
    ArrayList<Affine.Term> terms = new ArrayList<>();
    for (int k = 0; k < MATRICES; k++) {
      int w = tensors.size();
      tensors.add(
          new TensorDeclaration(
              TensorDeclaration.Role.MODEL, List.of(OUTPUTS, INPUTS), 0, 0, 0, 0));
      tensors.add(TensorDeclaration.virtual(List.of(1, OUTPUTS), 0, 0));
      relations.add(new MatMul(w + 1, 0, w));
      terms.add(new Affine.Term(w + 1, 1, List.of()));
    }
    int sum = tensors.size();
    tensors.add(TensorDeclaration.virtual(List.of(1, OUTPUTS), 0, 0));
    relations.add(new Affine(sum, terms, List.of()));
    return new Circuit(tensors, List.of(), relations, List.of(0), List.of(sum));
  }

  private static byte[] damaged(byte[] bytes, int from, Random random) {
    byte[] out = bytes.clone();
    switch (random.nextInt(3)) {
      case 0 -> {
        byte[] values = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff, (byte) random.nextInt()};
        for (int k = 0; k < 1 + random.nextInt(4); k++) {
          out[from + random.nextInt(out.length - from)] = values[random.nextInt(values.length)];
        }
      }
      case 1 -> {
        int count = 1 + random.nextInt(16);
        int to = from + random.nextInt(out.length - from - count);
        System.arraycopy(bytes, from + random.nextInt(out.length - from - count), out, to, count);
      }
      default -> {
        int at = from + random.nextInt(out.length - from);
        int count = 1 + random.nextInt(Math.min(16, out.length - at));
        System.arraycopy(bytes, at + count, out, at, out.length - at - count);
        out = Arrays.copyOf(out, out.length - count);
      }
    }
    return out;
  }

  @Test
  void keys() {
    byte[] bytes =
        VerifierKey.of(CircuitCheck.check(circuit()), new byte[VerifierKey.DIGEST_BYTES]).encode();
    Random random = new Random(SEED);
    for (int trial = 0; trial < 5000; trial++) {
      byte[] altered = damaged(bytes, 8, random);
      try {
        assertArrayEquals(altered, VerifierKey.decode(altered).encode(), "trial " + trial);
      } catch (VerificationFailure refused) {
        assertTrue(String.valueOf(refused.getMessage()).length() > 10, "trial " + trial);
      }
    }
  }

  private static byte[] proofOfZeros(VerifierKey key) {
    ModelLayout model = key.arithmetization().model();
    ProofSize size = ProofSize.of(key.arithmetization(), key.parameters());
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    size.sections().forEach((s, bytes) -> sections.put(s, new byte[Math.toIntExact(bytes)]));
    int[] columns = new int[key.parameters().queries() * model.rows()];
    return new Proof(
            new byte[0],
            0,
            sections,
            new byte[32],
            0,
            0,
            Map.of(Opening.MODEL, new ColumnOpening(columns, new byte[64])))
        .encode();
  }

  @Test
  void proofs() {
    VerifierKey key =
        WeakKeys.of(CircuitCheck.check(circuit()), new byte[VerifierKey.DIGEST_BYTES]);
    assertEquals(1 << 17, key.arithmetization().model().width());
    Statement zeros = new Statement(List.of(new int[INPUTS]), List.of(new int[OUTPUTS]));
    byte[] proof = proofOfZeros(key);
    assertTrue(refusal(key, zeros, proof).startsWith("model Merkle proof"));
    Random random = new Random(SEED);
    for (int trial = 0; trial < 150; trial++) {
      // In the messages as often as in the columns, which are most of the bytes.
      byte[] altered = damaged(proof, 0, random);
      if (trial % 2 == 0) {
        altered = proof.clone();
        altered[random.nextInt(1 << 12)] ^= (byte) (1 << random.nextInt(8));
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      refusal(key, zeros, altered);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < ALLOCATION + 4L * proof.length, trial + " allocates " + allocated);
    }
  }

  private static String refusal(VerifierKey key, Statement statement, byte[] proof) {
    return String.valueOf(
        assertThrows(
                VerificationFailure.class,
                () -> WeakVerifier.verify(key, statement, proof, new byte[0]))
            .getMessage());
  }
}
