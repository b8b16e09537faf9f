package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredStatement;
import org.zkc.gkr.layered.LayeredVerifier;
import org.zkc.gkr.layered.Poseidon2;
import org.zkc.gkr.wire.ProofMessage;

/**
 * Every part of a proof and of a statement counts, and no bytes make the verifier fail otherwise.
 */
class LayeredProofBytesTest {
  private static final byte[] CONTEXT = {5};
  private static final int COPIES = 6;

  private final LayeredCircuit circuit = LayeredCircuits.small(Visibility.COMMITTED);
  private final LayeredProver.Proved proved =
      LayeredProver.prove(
          circuit,
          COPIES,
          LayeredCircuits.inputs(circuit, COPIES, 2),
          CONTEXT,
          Workers.callerOnly());

  private void rejected(LayeredStatement statement, byte[] proof, byte[] context, String what) {
    assertThrows(
        VerificationFailure.class,
        () -> LayeredVerifier.verify(circuit, statement, proof, context),
        what);
  }

  @Test
  void everyByteOfAProofCounts() {
    LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), CONTEXT);
    // Every byte of the first 2000, and every 13th of what follows, columns and paths.
    for (int at = 0; at < proved.proof().length; at += at < 2000 ? 1 : 13) {
      byte[] changed = proved.proof().clone();
      changed[at] ^= (byte) (1 << at % 8);
      rejected(proved.statement(), changed, CONTEXT, "byte " + at);
    }
  }

  /** Each field grown, cut and emptied. */
  @Test
  void everyFieldOfAProofCounts() throws Exception {
    ProofMessage message = ProofMessage.parseFrom(proved.proof());
    TreeSet<String> used = new TreeSet<>();
    for (FieldDescriptor field : ProofMessage.getDescriptor().getFields()) {
      ArrayList<Object> others = new ArrayList<>();
      if (message.getField(field) instanceof ByteString bytes) {
        if (!bytes.isEmpty()) {
          used.add(field.getName());
          others.add(ByteString.EMPTY);
          others.add(bytes.substring(0, bytes.size() - 1));
          others.add(bytes.substring(0, Math.max(0, bytes.size() - 16)));
        }
        others.add(bytes.concat(ByteString.copyFrom(new byte[16])));
        others.add(bytes.concat(ByteString.copyFrom(new byte[1 << 16])));
      } else {
        others.add((long) message.getField(field) + 1);
      }
      for (Object other : others) {
        byte[] changed = message.toBuilder().setField(field, other).build().toByteArray();
        rejected(proved.statement(), changed, CONTEXT, field.getName());
      }
    }
    assertEquals(
        new TreeSet<>(
            List.of(
                "witness_root", "relations", "combinations", "witness_columns", "witness_paths")),
        used);
  }

  @Test
  void cutsAndNoise() {
    for (int length = 0; length < proved.proof().length; length += 97) {
      byte[] cut = Arrays.copyOf(proved.proof(), length);
      rejected(proved.statement(), cut, CONTEXT, length + " bytes");
      byte[] noise = new byte[length];
      new Random(length).nextBytes(noise);
      rejected(proved.statement(), noise, CONTEXT, length + " bytes of noise");
    }
  }

  @Test
  void everyPartOfAStatementCounts() {
    LayeredStatement s = proved.statement();
    rejected(s, proved.proof(), new byte[] {6}, "context");
    int[] out = s.outputs().getFirst();
    for (int at = 0; at < out.length; at++) {
      int[] changed = out.clone();
      changed[at] = M31.add(changed[at], 1);
      rejected(
          new LayeredStatement(COPIES, s.inputs(), List.of(changed)),
          proved.proof(),
          CONTEXT,
          "output " + at);
    }
    for (int bad : new int[] {M31.P, -1, Integer.MIN_VALUE}) {
      int[] changed = out.clone();
      changed[1] = bad;
      rejected(
          new LayeredStatement(COPIES, s.inputs(), List.of(changed)),
          proved.proof(),
          CONTEXT,
          "residue " + bad);
    }
    for (int copies : new int[] {Integer.MIN_VALUE, 0, 5, 7, 1 << 24, Integer.MAX_VALUE}) {
      rejected(
          new LayeredStatement(copies, s.inputs(), s.outputs()), proved.proof(), CONTEXT, "copies");
    }
    // A copy less, whose outputs agree.
    rejected(
        new LayeredStatement(5, s.inputs(), List.of(Arrays.copyOf(out, 5 * 4))),
        proved.proof(),
        CONTEXT,
        "a prefix");
    rejected(new LayeredStatement(COPIES, s.inputs(), List.of()), proved.proof(), CONTEXT, "none");
    rejected(
        new LayeredStatement(COPIES, List.of(out), s.outputs()), proved.proof(), CONTEXT, "more");
  }

  @Test
  void publicInputsCount() {
    LayeredCircuit seen = LayeredCircuits.small(Visibility.PUBLIC);
    List<int[]> inputs = LayeredCircuits.inputs(seen, COPIES, 2);
    LayeredProver.Proved p =
        LayeredProver.prove(seen, COPIES, inputs, CONTEXT, Workers.callerOnly());
    LayeredVerifier.verify(seen, p.statement(), p.proof(), CONTEXT);
    for (int at = 0; at < COPIES * 4; at++) {
      int[] changed = inputs.getFirst().clone();
      changed[at] = M31.add(changed[at], 1);
      LayeredStatement other =
          new LayeredStatement(COPIES, List.of(changed, inputs.get(1)), p.statement().outputs());
      assertThrows(
          VerificationFailure.class, () -> LayeredVerifier.verify(seen, other, p.proof(), CONTEXT));
    }
    // Nothing is committed to, so a proof has no more than rounds and ends.
    assertTrue(p.proof().length < 2000, p.proof().length + " bytes");
  }

  /** A proof of one circuit is none of another that gives the same. */
  @Test
  void otherCircuits() {
    LayeredCircuit other = LayeredCircuits.small(Visibility.PUBLIC);
    assertThrows(
        VerificationFailure.class,
        () -> LayeredVerifier.verify(other, proved.statement(), proved.proof(), CONTEXT));
    LayeredCircuit poseidon = Poseidon2.circuit(Visibility.COMMITTED);
    assertThrows(
        VerificationFailure.class,
        () -> LayeredVerifier.verify(poseidon, proved.statement(), proved.proof(), CONTEXT));
  }
}
