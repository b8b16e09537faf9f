package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.wire.ProofMessage;

/**
 * Statements, keys and roots exchanged after proving. Each must fail in the lookups, the first step
 * that draws challenges: that shows that it was absorbed, where a failure further on could be the
 * accident of another check.
 */
class SwappedStatementTest {
  private static final String FIRST_STEP = "lookup layer";

  @TempDir Path directory;
  private WeakProof weak;
  private Statement statement;
  private byte[] proof;

  // Two inputs and two outputs of the same shapes; neither input nor virtual output enters a lookup
  // as it is.
  private static CircuitBuilder circuit(long seed, int scale) {
    CircuitBuilder b = new CircuitBuilder(seed);
    int x = b.input(-100, 100, 3, 5);
    int y = b.input(-100, 100, 3, 5);
    int sum =
        b.affine(List.of(3, 5), List.of(CircuitBuilder.term(x, scale), CircuitBuilder.term(y, -1)));
    int a = b.requantize(b.matMul(sum, b.model(-9, 9, 6, 5)), 4, 2, -60, 60);
    int w = b.model(-9, 9, 2, 6);
    return b.output(b.matMul(a, w))
        .output(b.affine(List.of(3, 6), List.of(CircuitBuilder.term(a, 3))));
  }

  @BeforeEach
  void prove() throws Exception {
    weak = new WeakProof(circuit(5, 2), directory);
    statement = weak.statement(weak.honest);
    proof = weak.prove();
    weak.verify(statement, proof);
  }

  @AfterEach
  void close() {
    weak.close();
  }

  private static void failsAtOnce(
      String what, VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    try {
      WeakVerifier.verify(key, statement, proof, context);
    } catch (VerificationFailure e) {
      assertTrue(e.getMessage().startsWith(FIRST_STEP), what + ": " + e.getMessage());
      return;
    }
    throw new AssertionError(what + " was accepted");
  }

  private void statementFailsAtOnce(String what, List<int[]> inputs, List<int[]> outputs) {
    failsAtOnce(
        what, weak.key.verifierKey(), new Statement(inputs, outputs), proof, WeakProof.CONTEXT);
  }

  private static int[] nudged(int[] elements, int at) {
    int[] out = elements.clone();
    out[at] += out[at] > 0 ? -1 : 1;
    return out;
  }

  @Test
  void publicIntegers() {
    List<int[]> in = statement.inputs();
    List<int[]> out = statement.outputs();
    for (int k = 0; k < in.get(0).length; k++) {
      statementFailsAtOnce("input 0 element " + k, List.of(nudged(in.get(0), k), in.get(1)), out);
      statementFailsAtOnce("input 1 element " + k, List.of(in.get(0), nudged(in.get(1), k)), out);
    }
    for (int k = 0; k < out.get(0).length; k++) {
      statementFailsAtOnce("output 0 element " + k, in, List.of(nudged(out.get(0), k), out.get(1)));
    }
    for (int k = 0; k < out.get(1).length; k++) {
      statementFailsAtOnce("output 1 element " + k, in, List.of(out.get(0), nudged(out.get(1), k)));
    }
    statementFailsAtOnce("inputs exchanged", in.reversed(), out);
  }

  @Test
  void residuesOfPublicIntegers() {
    List<int[]> in = statement.inputs();
    for (int sign : new int[] {1, -1}) {
      int[] shifted = in.get(0).clone();
      for (int k = 0; k < shifted.length; k++) {
        // x + p for negative x, x - p for the others: the same residues, as 32-bit integers.
        if (shifted[k] < 0 == sign > 0) {
          shifted[k] += sign * M31.P;
        }
      }
      String why =
          weak.rejection(new Statement(List.of(shifted, in.get(1)), statement.outputs()), proof);
      assertNotNull(why);
      assertTrue(why.contains("an integer in [-100, 100]"), why);
    }
  }

  @Test
  void counts() {
    List<int[]> in = statement.inputs();
    List<int[]> out = statement.outputs();
    for (Statement s :
        List.of(
            new Statement(List.of(in.get(0)), out),
            new Statement(List.of(in.get(0), in.get(1), in.get(1)), out),
            new Statement(in, List.of(out.get(0))),
            new Statement(in, List.of(out.get(1), out.get(0))),
            new Statement(List.of(in.get(0), new int[0]), out))) {
      String why = weak.rejection(s, proof);
      assertNotNull(why);
      assertTrue(why.startsWith("number of") || why.contains(" elements: expected"), why);
    }
  }

  @Test
  void contextCircuitAndModel() throws Exception {
    VerifierKey key = weak.key.verifierKey();
    for (byte[] context : new byte[][] {{}, {1, 2}, {1, 2, 3, 0}, {1, 2, 4}}) {
      failsAtOnce("context", key, statement, proof, context);
    }
    byte[] root = key.modelRoot();
    root[7] ^= 1;
    failsAtOnce(
        "model root", WeakKeys.of(key.circuit(), root), statement, proof, WeakProof.CONTEXT);
    // The same shapes, commitments and bounds; only a coefficient of the circuit differs.
    try (WeakProof other = new WeakProof(circuit(5, -2), directory)) {
      VerifierKey foreign = WeakKeys.of(other.circuit, key.modelRoot());
      failsAtOnce("circuit", foreign, statement, proof, WeakProof.CONTEXT);
    }
  }

  @Test
  void witnessRootAndNonces() throws Exception {
    Proof p = Proof.decode(proof);
    for (int at = 0; at < p.witnessRoot().length; at++) {
      byte[] root = p.witnessRoot().clone();
      root[at] ^= 1;
      // Nothing compares the root with anything before the openings, but the lookups' challenges
      // come from it.
      failsAtOnce(
          "root byte " + at, weak.key.verifierKey(), statement, with(root), WeakProof.CONTEXT);
    }
    byte[] nonce =
        ProofMessage.parseFrom(proof).toBuilder()
            .setLookupNonce(p.lookupNonce() + 1)
            .build()
            .toByteArray();
    failsAtOnce("lookup nonce", weak.key.verifierKey(), statement, nonce, WeakProof.CONTEXT);
    byte[] queries =
        ProofMessage.parseFrom(proof).toBuilder()
            .setQueryNonce(p.queryNonce() + 1)
            .build()
            .toByteArray();
    String why = weak.rejection(statement, queries);
    assertNotNull(why);
    assertTrue(
        why.contains("Merkle") || why.contains("column elements"),
        "the nonce moves the queries: " + why);
  }

  private byte[] with(byte[] root) throws Exception {
    return ProofMessage.parseFrom(proof).toBuilder()
        .setWitnessRoot(ByteString.copyFrom(root))
        .build()
        .toByteArray();
  }
}
