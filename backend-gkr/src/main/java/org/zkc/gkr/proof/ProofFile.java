package org.zkc.gkr.proof;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.encoding.StrictMessage;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.wire.ProofFileMessage;

/**
 * A statement and its proof in a versioned envelope: the content of a {@code .zkp} file.
 *
 * @param claim what is said of the statement's integers besides what the circuit says; empty where
 *     nothing is. Whoever makes and reads it knows its meaning, and binds the proof to it by the
 *     context.
 */
// A holder between file and verifier: compared by nobody.
@SuppressWarnings("ArrayRecordComponent")
public record ProofFile(Statement statement, byte[] proof, byte[] claim) {
  /** A file of more bytes than this besides its public integers is refused unread. */
  public static final long MAX_BYTES = 1 << 26;

  /** The most bytes of any proof file, whatever the key. */
  public static final long MOST_BYTES = MAX_BYTES + 4L * CircuitLimits.PUBLIC_ELEMENTS;

  /** A claim of more bytes is refused. */
  public static final int MAX_CLAIM_BYTES = 64;

  /** A proof that claims nothing besides its circuit. */
  public ProofFile(Statement statement, byte[] proof) {
    this(statement, proof, new byte[0]);
  }

  public byte[] encode() {
    return Envelope.PROOF.wrap(
        ProofFileMessage.newBuilder()
            .addAllInputs(statement.inputs().stream().map(ProofFile::integers).toList())
            .addAllOutputs(statement.outputs().stream().map(ProofFile::integers).toList())
            .setProof(ByteString.copyFrom(proof))
            .setClaim(ByteString.copyFrom(claim))
            .build()
            .toByteArray());
  }

  /**
   * Reads a proof file for {@code key}; the sizes of the public tensors must be the key's.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes
   */
  public static ProofFile decode(byte[] bytes, VerifierKey key) {
    long limit =
        MAX_BYTES
            + publicBytes(key, key.circuit().circuit().inputs())
            + publicBytes(key, key.circuit().circuit().outputs());
    if (bytes.length > limit) {
      throw new VerificationFailure(
          "proof file", "at most " + limit + " bytes", bytes.length + " bytes");
    }
    int from = Envelope.PROOF.payload(bytes);
    List<Integer> inputs = key.circuit().circuit().inputs();
    List<Integer> outputs = key.circuit().circuit().outputs();
    ProofFileMessage m =
        StrictMessage.read(
            "proof file",
            ProofFileMessage.getDefaultInstance(),
            bytes,
            from,
            inputs.size() + outputs.size() + 2);
    if (m.getClaim().size() > MAX_CLAIM_BYTES) {
      throw new VerificationFailure(
          "proof file, claim",
          "at most " + MAX_CLAIM_BYTES + " bytes",
          m.getClaim().size() + " bytes");
    }
    Statement statement =
        new Statement(
            integers("input", m.getInputsList(), key, inputs),
            integers("output", m.getOutputsList(), key, outputs));
    return new ProofFile(statement, m.getProof().toByteArray(), m.getClaim().toByteArray());
  }

  private static long publicBytes(VerifierKey key, List<Integer> tensors) {
    return tensors.stream().mapToLong(t -> 4 * key.circuit().tensor(t).elementCount()).sum();
  }

  private static ByteString integers(int[] values) {
    ByteBuffer b =
        ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
    b.asIntBuffer().put(values);
    return ByteString.copyFrom(b.array());
  }

  private static List<int[]> integers(
      String kind, List<ByteString> values, VerifierKey key, List<Integer> tensors) {
    VerificationFailure.requireCount("number of " + kind + "s", tensors.size(), values.size());
    ArrayList<int[]> out = new ArrayList<>();
    for (int k = 0; k < values.size(); k++) {
      long count = key.circuit().tensor(tensors.get(k)).elementCount();
      VerificationFailure.requireCount(kind + " " + k + ", bytes", 4 * count, values.get(k).size());
      int[] integers = new int[(int) count];
      values
          .get(k)
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asIntBuffer()
          .get(integers);
      out.add(integers);
    }
    return out;
  }
}
