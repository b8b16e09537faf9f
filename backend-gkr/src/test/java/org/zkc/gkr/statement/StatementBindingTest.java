package org.zkc.gkr.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.wire.VerifierKeyMessage;

/**
 * Every part of the statement is absorbed first, each told apart from the others; keys cannot
 * choose their parameters.
 */
class StatementBindingTest {
  private static final SecurityParameters PARAMETERS = new SecurityParameters(7, 3, 2, 2);

  // Two inputs of shapes a and b, each copied through a product with itself.
  private static VerifierKey key(
      SecurityParameters parameters, byte root, int scale, List<Integer> a, List<Integer> b) {
    CircuitBuilder c = new CircuitBuilder(1);
    int x = c.input(-100, 100, a.toArray(Integer[]::new));
    int y = c.input(-100, 100, b.toArray(Integer[]::new));
    int w = c.model(-9, 9, 2, a.getLast());
    int doubled = c.affine(a, List.of(CircuitBuilder.term(x, scale)));
    c.output(c.matMul(doubled, w)).output(c.product(y, y));
    CheckedCircuit checked = CircuitCheck.check(c.circuit());
    byte[] modelRoot = new byte[VerifierKey.DIGEST_BYTES];
    modelRoot[31] = root;
    return new VerifierKey(Arithmetization.of(checked), parameters, modelRoot);
  }

  private static VerifierKey key() {
    return key(PARAMETERS, (byte) 0, 3, List.of(1, 2), List.of(3));
  }

  private static Ext challenge(VerifierKey key, Statement statement, byte... context) {
    return StatementTranscript.begin(key, statement, context).challengeExt("first");
  }

  private static Statement statement(int[] x, int[] y, int[] p, int[] q) {
    return new Statement(List.of(x, y), List.of(p, q));
  }

  @Test
  void everyPartMovesTheFirstChallenge() {
    Map<Ext, String> seen = new HashMap<>();
    int[] x = {5, 7};
    int[] y = {1, 2, 3};
    int[] p = {11, 12};
    int[] q = {1, 4, 9};
    Statement honest = statement(x, y, p, q);
    differ(seen, "honest", challenge(key(), honest, (byte) 1));
    differ(seen, "context", challenge(key(), honest, (byte) 2));
    differ(seen, "context with a zero behind it", challenge(key(), honest, (byte) 1, (byte) 0));
    differ(seen, "no context", challenge(key(), honest));
    int[][] all = {x, y, p, q};
    for (int part = 0; part < all.length; part++) {
      for (int k = 0; k < all[part].length; k++) {
        for (int delta : new int[] {1, 256, -11, 1 << 31}) {
          int[][] other = all.clone();
          other[part] = all[part].clone();
          other[part][k] += delta;
          Statement changed = statement(other[0], other[1], other[2], other[3]);
          differ(
              seen,
              "part " + part + " element " + k + " by " + delta,
              challenge(key(), changed, (byte) 1));
        }
      }
    }
    differ(seen, "[5, 7, 0]", challenge(key(), statement(new int[] {5, 7, 0}, y, p, q), (byte) 1));
    differ(
        seen,
        "moved to the next input",
        challenge(key(), statement(new int[] {5}, new int[] {7, 1, 2, 3}, p, q), (byte) 1));
    differ(seen, "input and output exchanged", challenge(key(), statement(p, y, x, q), (byte) 1));
    differ(seen, "inputs and outputs exchanged", challenge(key(), statement(p, q, x, y), (byte) 1));
    differ(seen, "an input more", challenge(key(), statement(y, p, q, x), (byte) 1));
    differ(
        seen,
        "model",
        challenge(key(PARAMETERS, (byte) 1, 3, List.of(1, 2), List.of(3)), honest, (byte) 1));
    differ(
        seen,
        "circuit",
        challenge(key(PARAMETERS, (byte) 0, 4, List.of(1, 2), List.of(3)), honest, (byte) 1));
    differ(
        seen,
        "input shape",
        challenge(key(PARAMETERS, (byte) 0, 3, List.of(1, 2), List.of(3, 1)), honest, (byte) 1));
    for (SecurityParameters s :
        List.of(
            new SecurityParameters(8, 3, 2, 2),
            new SecurityParameters(7, 4, 2, 2),
            new SecurityParameters(7, 3, 3, 2),
            new SecurityParameters(7, 2, 3, 2),
            new SecurityParameters(7, 3, 2, 3))) {
      differ(
          seen,
          s.toString(),
          challenge(key(s, (byte) 0, 3, List.of(1, 2), List.of(3)), honest, (byte) 1));
    }
  }

  private static void differ(Map<Ext, String> seen, String what, Ext challenge) {
    String other = seen.put(challenge, what);
    assertTrue(other == null, what + " gives the challenge of " + other);
  }

  @Test
  void keysDoNotChooseTheirParameters() throws Exception {
    CircuitBuilder c = new CircuitBuilder(1);
    int x = c.input(-100, 100, 1, 4);
    c.output(c.requantize(c.matMul(x, c.model(-9, 9, 3, 4)), 4, 1, 0, 30));
    VerifierKey key =
        VerifierKey.of(CircuitCheck.check(c.circuit()), new byte[VerifierKey.DIGEST_BYTES]);
    byte[] bytes = key.encode();
    assertEquals(key.parameters(), VerifierKey.decode(bytes).parameters());
    VerifierKeyMessage m =
        VerifierKeyMessage.parseFrom(
            Arrays.copyOfRange(bytes, Envelope.VERIFIER_KEY.payload(bytes), bytes.length));
    for (var field : m.getParameters().getDescriptorForType().getFields()) {
      int honest = (int) m.getParameters().getField(field);
      for (int other :
          new int[] {0, 1, honest - 1, honest + 1, 31, 32, 64, -1, Integer.MIN_VALUE}) {
        if (other == honest) {
          continue;
        }
        VerifierKeyMessage altered =
            m.toBuilder()
                .setParameters(m.getParameters().toBuilder().setField(field, other))
                .build();
        VerificationFailure e =
            assertThrows(
                VerificationFailure.class,
                () -> VerifierKey.decode(Envelope.VERIFIER_KEY.wrap(altered.toByteArray())),
                field.getName() + " " + other);
        assertTrue(
            e.getMessage().contains("security parameters"),
            field.getName() + ": " + e.getMessage());
      }
    }
    VerifierKeyMessage none = m.toBuilder().clearParameters().build();
    assertThrows(
        VerificationFailure.class,
        () -> VerifierKey.decode(Envelope.VERIFIER_KEY.wrap(none.toByteArray())));
  }
}
