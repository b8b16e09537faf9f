package org.zkc.gkr.proof;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.BatchedCircuit;
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
 * @param statement of all samples, one after the other in every input and in every output that
 *     depends on an input
 * @param samples 1, or more where they are proved at once: with {@link VerifierKey#batch}
 * @param claim a claim about the statement's integers beyond the circuit's; empty where there is
 *     none. Its writer and its reader know its meaning and bind the proof to it by the context.
 */
// The record carries data between file and verifier and is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record ProofFile(Statement statement, int samples, byte[] proof, byte[] claim) {
  /** A file of more bytes than this besides its public integers is refused unread. */
  public static final long MAX_BYTES = 1 << 26;

  /** The most bytes of any proof file, whatever the key. */
  public static final long MOST_BYTES =
      MAX_BYTES + PublicIntegers.mostBytes(CircuitLimits.PUBLIC_ELEMENTS);

  /** A claim of more bytes is refused. */
  public static final int MAX_CLAIM_BYTES = 64;

  /** A proof of one sample. */
  public ProofFile(Statement statement, byte[] proof, byte[] claim) {
    this(statement, 1, proof, claim);
  }

  /** A proof of one sample that claims nothing besides its circuit. */
  public ProofFile(Statement statement, byte[] proof) {
    this(statement, proof, new byte[0]);
  }

  /** A proof of several samples. */
  public ProofFile(Statement statement, int samples, byte[] proof) {
    this(statement, samples, proof, new byte[0]);
  }

  public byte[] encode() {
    return Envelope.PROOF.wrap(
        ProofFileMessage.newBuilder()
            .addAllInputs(statement.inputs().stream().map(PublicIntegers::encode).toList())
            .addAllOutputs(statement.outputs().stream().map(PublicIntegers::encode).toList())
            .setProof(ByteString.copyFrom(proof))
            .setClaim(ByteString.copyFrom(claim))
            .setSamples(samples == 1 ? 0 : samples)
            .build()
            .toByteArray());
  }

  /**
   * Reads a proof file for {@code key}, the key of one sample; the sizes of the public tensors must
   * be the key's, times the samples. Only the batch's key knows whether an output is there once for
   * all samples; verification counts again under it.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes
   */
  public static ProofFile decode(byte[] bytes, VerifierKey key) {
    if (bytes.length > MOST_BYTES) {
      throw tooLong(MOST_BYTES, bytes);
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
    int samples = samples(m);
    long limit = MAX_BYTES + samples * (publicBytes(key, inputs) + publicBytes(key, outputs));
    if (bytes.length > limit) {
      throw tooLong(limit, bytes);
    }
    if (m.getClaim().size() > MAX_CLAIM_BYTES) {
      throw new VerificationFailure(
          "proof file, claim",
          "at most " + MAX_CLAIM_BYTES + " bytes",
          m.getClaim().size() + " bytes");
    }
    Room room = new Room();
    Statement statement =
        new Statement(
            integers("input", m.getInputsList(), key, inputs, samples, false, room),
            integers("output", m.getOutputsList(), key, outputs, samples, true, room));
    return new ProofFile(
        statement, samples, m.getProof().toByteArray(), m.getClaim().toByteArray());
  }

  private static VerificationFailure tooLong(long limit, byte[] bytes) {
    return new VerificationFailure(
        "proof file", "at most " + limit + " bytes", bytes.length + " bytes");
  }

  private static int samples(ProofFileMessage m) {
    int samples = m.getSamples();
    if (samples == 0) {
      return 1;
    }
    if (samples < 2 || samples > BatchedCircuit.MOST_SAMPLES) {
      throw new VerificationFailure(
          "proof file, samples",
          "none, or 2 to " + BatchedCircuit.MOST_SAMPLES,
          Integer.toUnsignedString(samples));
    }
    if (!m.getClaim().isEmpty()) {
      throw new VerificationFailure("proof file, claim", "none about several samples", "one");
    }
    return samples;
  }

  /**
   * The statement about one of the samples.
   *
   * @param one the key of one sample
   * @param sample from 0 on
   */
  public Statement sample(VerifierKey one, int sample) {
    return new Statement(
        sample(one, one.circuit().circuit().inputs(), statement.inputs(), sample),
        sample(one, one.circuit().circuit().outputs(), statement.outputs(), sample));
  }

  private static List<int[]> sample(
      VerifierKey one, List<Integer> tensors, List<int[]> all, int sample) {
    ArrayList<int[]> out = new ArrayList<>();
    for (int k = 0; k < tensors.size(); k++) {
      int count = Math.toIntExact(one.circuit().tensor(tensors.get(k)).elementCount());
      int[] elements = all.get(k);
      // A tensor that depends on no input is there once.
      int from = elements.length == count ? 0 : sample * count;
      out.add(Arrays.copyOfRange(elements, from, from + count));
    }
    return out;
  }

  private static long publicBytes(VerifierKey key, List<Integer> tensors) {
    long bytes = 0;
    for (int t : tensors) {
      bytes += PublicIntegers.mostBytes(key.circuit().tensor(t).elementCount());
    }
    return bytes;
  }

  /**
   * The elements that inputs and outputs of any circuit may have together. Equal integers take no
   * bytes, so that the length of the file is no bound of what they take in memory.
   */
  private static final class Room {
    private long left = CircuitLimits.PUBLIC_ELEMENTS;

    boolean takes(long count) {
      boolean fits = count <= left;
      left -= fits ? count : 0;
      return fits;
    }
  }

  private static List<int[]> integers(
      String kind,
      List<ByteString> values,
      VerifierKey key,
      List<Integer> tensors,
      int samples,
      boolean mayBeOnce,
      Room room) {
    VerificationFailure.requireCount("number of " + kind + "s", tensors.size(), values.size());
    ArrayList<int[]> out = new ArrayList<>();
    for (int k = 0; k < values.size(); k++) {
      long one = key.circuit().tensor(tensors.get(k)).elementCount();
      out.add(
          PublicIntegers.decode(
              kind + " " + k,
              values.get(k),
              count -> (count == samples * one || mayBeOnce && count == one) && room.takes(count)));
    }
    return out;
  }
}
