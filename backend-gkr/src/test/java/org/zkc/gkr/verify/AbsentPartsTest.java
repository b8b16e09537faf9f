package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.WeakProof;

/**
 * A part that a circuit has no use for must be empty in its proofs, or one proof had many
 * encodings.
 */
class AbsentPartsTest {
  private static final ColumnOpening COLUMN = new ColumnOpening(new int[1], new byte[0]);
  private static final ColumnOpening PATH = new ColumnOpening(new int[0], new byte[32]);

  @TempDir Path directory;

  private static void refused(String part, WeakProof weak, Proof proof) {
    String why = weak.rejection(weak.statement(weak.honest), proof.encode());
    assertNotNull(why, part);
    assertTrue(why.startsWith(part), why);
  }

  private static Proof with(
      Proof p, byte[] root, long nonce, ColumnOpening witness, ColumnOpening model) {
    return new Proof(
        root,
        nonce,
        p.sections(),
        p.combinationRoot(),
        p.queryNonce(),
        p.combinationNonce(),
        Map.of(
            Opening.WITNESS,
            witness,
            Opening.MODEL,
            model,
            Opening.COMBINATION,
            p.opening(Opening.COMBINATION)));
  }

  /** Of a proof that opens nothing. */
  private static Proof with(byte[] root, long queryNonce, long nonce, Proof p, ColumnOpening o) {
    return new Proof(
        p.witnessRoot(),
        p.lookupNonce(),
        p.sections(),
        root,
        queryNonce,
        nonce,
        Map.of(Opening.COMBINATION, o));
  }

  @Test
  void aCombination() throws Exception {
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-9, 9, 3, 5);
    b.output(b.affine(b.shape(x), List.of(CircuitBuilder.term(x, 2))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      Proof p = Proof.decode(weak.prove());
      byte[] none = new byte[0];
      assertNull(weak.rejection(weak.statement(weak.honest), p.encode()));
      assertNull(
          weak.rejection(weak.statement(weak.honest), with(none, 0, 0, p, Proof.NONE).encode()));
      refused(
          "bytes of a combination root",
          weak,
          with(new byte[VerifierKey.DIGEST_BYTES], 0, 0, p, Proof.NONE));
      refused("query nonce", weak, with(none, 1, 0, p, Proof.NONE));
      refused("combination nonce", weak, with(none, 0, 1, p, Proof.NONE));
      refused("combination columns", weak, with(none, 0, 0, p, COLUMN));
      refused("combination paths", weak, with(none, 0, 0, p, PATH));
    }
  }

  @Test
  void aWitness() throws Exception {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-9, 9, 3, 5);
    b.output(b.matMul(x, b.model(-9, 9, 4, 5)));
    try (WeakProof weak = new WeakProof(b, directory)) {
      Proof p = Proof.decode(weak.prove());
      byte[] none = new byte[0];
      assertNull(weak.rejection(weak.statement(weak.honest), p.encode()));
      refused(
          "bytes of the witness root",
          weak,
          with(p, new byte[VerifierKey.DIGEST_BYTES], 0, Proof.NONE, p.opening(Opening.MODEL)));
      refused("lookup nonce", weak, with(p, none, 1, Proof.NONE, p.opening(Opening.MODEL)));
      refused("witness columns", weak, with(p, none, 0, COLUMN, p.opening(Opening.MODEL)));
      refused("witness paths", weak, with(p, none, 0, PATH, p.opening(Opening.MODEL)));
    }
  }

  @Test
  void aModel() throws Exception {
    CircuitBuilder b = new CircuitBuilder(2);
    int x = b.input(-9, 9, 3, 5);
    b.output(b.affine(b.shape(x), List.of(CircuitBuilder.term(b.requantize(x, 1, 1, -5, 5), 1))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      Proof p = Proof.decode(weak.prove());
      assertNull(weak.rejection(weak.statement(weak.honest), p.encode()));
      byte[] root = p.witnessRoot();
      long nonce = p.lookupNonce();
      refused("model columns", weak, with(p, root, nonce, p.opening(Opening.WITNESS), COLUMN));
      refused("model paths", weak, with(p, root, nonce, p.opening(Opening.WITNESS), PATH));
    }
  }
}
