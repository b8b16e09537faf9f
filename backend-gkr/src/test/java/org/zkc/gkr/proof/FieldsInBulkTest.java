package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.estimate.ProofComposition;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.wire.ProofFileMessage;
import org.zkc.gkr.wire.ProofMessage;

/**
 * Files of millions of fields, known or unknown, of which a protobuf parser would make objects of a
 * hundred times their size: refused from their tags alone.
 */
class FieldsInBulkTest {
  private static final int BYTES = 1 << 22;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The content of a message. */
  private enum Filling {
    /** Varints under field numbers that no message has, each its own. */
    UNKNOWN,
    /** Groups, which stand for no field, with one varint each. */
    GROUPS,
    /** Empty values of field 1: tensors, inputs, public arrays. */
    FIRST_FIELD,
    /** Empty values of field 2: tables, outputs. */
    SECOND_FIELD,
    /** Empty values of field 3: relations, proofs. */
    THIRD_FIELD;

    byte[] bytes() {
      return switch (this) {
        case UNKNOWN -> unknown();
        case GROUPS -> repeated(0x0b, 0x08, 0, 0x0c);
        case FIRST_FIELD -> repeated(0x0a, 0);
        case SECOND_FIELD -> repeated(0x12, 0);
        case THIRD_FIELD -> repeated(0x1a, 0);
      };
    }
  }

  private static byte[] unknown() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(BYTES + 8);
    for (int field = 1 << 18; out.size() < BYTES; field++) {
      varint(out, (long) field << 3);
      out.write(1);
    }
    return out.toByteArray();
  }

  private static byte[] repeated(int... unit) {
    byte[] out = new byte[BYTES / unit.length * unit.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = (byte) unit[k % unit.length];
    }
    return out;
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 127) {
      out.write((int) (rest & 127 | 128));
      rest >>= 7;
    }
    out.write((int) rest);
  }

  /** A length-delimited field. */
  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 8);
    out.write(number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] out = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, out, first.length, second.length);
    return out;
  }

  private static VerifierKey smallKey() {
    return WeakKeys.of(
        CircuitCheck.check(
            new Circuit(
                List.of(
                    TensorDeclaration.input(List.of(1), 0, 0),
                    TensorDeclaration.virtual(List.of(1), 0, 0)),
                List.of(),
                List.of(new Affine(1, List.of(new Affine.Term(0, 1, List.of())), List.of())),
                List.of(0),
                List.of(1))),
        new byte[0]);
  }

  /** Every copy of the file counts, and an object for a field would be more than one. */
  private static void refused(String what, byte[] bytes, Runnable decode) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThrows(VerificationFailure.class, decode::run, what);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < (1 << 20) + 4L * bytes.length,
        what + ": " + allocated + " bytes for " + bytes.length);
  }

  @ParameterizedTest
  @EnumSource(Filling.class)
  void ofAProofFile(Filling filling) {
    VerifierKey key = smallKey();
    byte[] bytes = Envelope.PROOF.wrap(filling.bytes());
    refused("proof file", bytes, () -> ProofFile.decode(bytes, key));
    byte[] proof = filling.bytes();
    refused("proof", proof, () -> Proof.decode(proof));
    refused("composition", bytes, () -> ProofComposition.of(bytes));
  }

  @ParameterizedTest
  @EnumSource(Filling.class)
  void ofAKey(Filling filling) {
    byte[] whole = Envelope.VERIFIER_KEY.wrap(filling.bytes());
    refused("key", whole, () -> VerifierKey.decode(whole));
    byte[] circuit = Envelope.VERIFIER_KEY.wrap(field(1, filling.bytes()));
    refused("circuit of a key", circuit, () -> VerifierKey.decode(circuit));
    byte[] relation =
        Envelope.VERIFIER_KEY.wrap(field(1, field(3, field(2, field(1, filling.bytes())))));
    refused("term of a key", relation, () -> VerifierKey.decode(relation));
  }

  @Test
  void oneFieldTwiceOrOutOfTurn() {
    byte[] nonce = ProofMessage.newBuilder().setQueryNonce(1).build().toByteArray();
    byte[] root =
        ProofMessage.newBuilder()
            .setWitnessRoot(ByteString.copyFrom(new byte[32]))
            .build()
            .toByteArray();
    assertEquals(1, Proof.decode(join(root, nonce)).queryNonce());
    for (byte[] other : List.of(join(nonce, root), join(nonce, nonce), join(root, root))) {
      assertThrows(VerificationFailure.class, () -> Proof.decode(other));
    }
  }

  @Test
  void everyTruncationOfAMessage() {
    byte[] bytes =
        ProofFileMessage.newBuilder()
            .addInputs(PublicIntegers.encode(new int[1]))
            .addOutputs(PublicIntegers.encode(new int[1]))
            .setProof(ByteString.copyFrom(new byte[300]))
            .build()
            .toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      if (length == bytes.length - 303) {
        // Nothing but the proof is missing, and an empty one is the verifier's to refuse.
        continue;
      }
      byte[] cut = Envelope.PROOF.wrap(Arrays.copyOf(bytes, length));
      assertThrows(VerificationFailure.class, () -> ProofFile.decode(cut, smallKey()));
    }
    ProofFile.decode(Envelope.PROOF.wrap(bytes), smallKey());
  }
}
