package org.zkc.gkr.key;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.zkc.gkr.circuit.BatchedCircuit;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.encoding.StrictMessage;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.hash.Blake3Hash;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.wire.SecurityParametersMessage;
import org.zkc.gkr.wire.VerifierKeyMessage;

/**
 * The verifier's key: circuit, tables, security parameters and the model commitment. A key is
 * immutable.
 */
public final class VerifierKey {
  /** Bytes of a commitment's root and of digests. */
  public static final int DIGEST_BYTES = 32;

  /** A key of more bytes than this is refused unread. */
  public static final int MAX_BYTES = 1 << 23;

  /**
   * Submessages of a key, one or two for every tensor, table, relation, term and step of a view.
   */
  private static final int MAX_PARTS = 1 << 19;

  private final Arithmetization arithmetization;
  private final SecurityParameters parameters;
  private final byte[] modelRoot;
  private final byte[] circuitDigest;

  /**
   * A key under parameters for which the caller answers. Tests make weak keys; {@link #decode}
   * accepts only the parameters that it computes itself.
   */
  public VerifierKey(
      Arithmetization arithmetization, SecurityParameters parameters, byte[] modelRoot) {
    this.arithmetization = arithmetization;
    this.parameters = parameters;
    this.modelRoot = modelRoot.clone();
    boolean hasModel = !arithmetization.model().isEmpty();
    if (modelRoot.length != (hasModel ? DIGEST_BYTES : 0)) {
      throw new IllegalArgumentException("a model root of " + modelRoot.length + " bytes");
    }
    circuitDigest =
        blake3(CircuitCodec.toMessage(arithmetization.system().circuit()).toByteArray());
  }

  /**
   * The key of a circuit and a model commitment.
   *
   * @param modelRoot 32 bytes; none when the circuit has no MODEL tensor
   */
  public static VerifierKey of(CheckedCircuit circuit, byte[] modelRoot) {
    Arithmetization arithmetization = Arithmetization.of(circuit);
    return new VerifierKey(arithmetization, SecurityParameters.of(arithmetization), modelRoot);
  }

  /**
   * Reads a key and checks everything in it.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes for a
   *     circuit that passes the check, under the parameters that this version computes for it
   */
  public static VerifierKey decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new VerificationFailure(
          "verifier key", "at most " + MAX_BYTES + " bytes", bytes.length + " bytes");
    }
    VerifierKeyMessage m =
        StrictMessage.read(
            "verifier key",
            VerifierKeyMessage.getDefaultInstance(),
            bytes,
            Envelope.VERIFIER_KEY.payload(bytes),
            MAX_PARTS);
    VerifierKey key;
    try {
      Arithmetization a =
          Arithmetization.of(CircuitCheck.check(CircuitCodec.fromMessage(m.getCircuit())));
      byte[] root = m.getModelRoot().toByteArray();
      VerificationFailure.requireCount(
          "verifier key, bytes of the model root",
          a.model().isEmpty() ? 0 : DIGEST_BYTES,
          root.length);
      key = new VerifierKey(a, SecurityParameters.of(a), root);
    } catch (InvalidCircuit e) {
      throw failure("a circuit that passes the check", String.valueOf(e.getMessage()), e);
    }
    VerificationFailure.requireEqual(
        "verifier key, security parameters", key.parameters, parameters(m.getParameters()));
    if (!Arrays.equals(key.encode(), bytes)) {
      throw new VerificationFailure(
          "verifier key", "the canonical encoding", "another one of the same content");
    }
    return key;
  }

  private static VerificationFailure failure(String expected, String actual, Exception cause) {
    VerificationFailure f = new VerificationFailure("verifier key", expected, actual);
    f.initCause(cause);
    return f;
  }

  /**
   * The key of proofs of several samples at once: the key of the circuit that {@link
   * BatchedCircuit} makes, on the same committed model, under parameters of its own.
   *
   * @param samples 1 for this key itself
   * @throws InvalidCircuit when there is no such circuit, or it is too large
   */
  public VerifierKey batch(int samples) {
    if (samples == 1) {
      return this;
    }
    Arithmetization a =
        arithmetization.batched(
            CircuitCheck.check(BatchedCircuit.of(circuit(), samples).circuit()));
    return new VerifierKey(a, SecurityParameters.of(a), modelRoot);
  }

  public byte[] encode() {
    return Envelope.VERIFIER_KEY.wrap(
        VerifierKeyMessage.newBuilder()
            .setCircuit(CircuitCodec.toMessage(arithmetization.system().circuit()))
            .setParameters(message(parameters))
            .setModelRoot(ByteString.copyFrom(modelRoot))
            .build()
            .toByteArray());
  }

  private static SecurityParametersMessage message(SecurityParameters p) {
    return SecurityParametersMessage.newBuilder()
        .setQueries(p.queries())
        .setQueryGrindingBits(p.queryGrindingBits())
        .setLookupGrindingBits(p.lookupGrindingBits())
        .setLogBlowUp(p.logBlowUp())
        .build();
  }

  private static SecurityParameters parameters(SecurityParametersMessage m) {
    return new SecurityParameters(
        m.getQueries(), m.getQueryGrindingBits(), m.getLookupGrindingBits(), m.getLogBlowUp());
  }

  /** BLAKE3 of {@link #encode}, 32 bytes. */
  public byte[] digest() {
    return blake3(encode());
  }

  private static byte[] blake3(byte[] bytes) {
    return new Blake3Hash().update(bytes).digest();
  }

  public CheckedCircuit circuit() {
    return arithmetization.system().checked();
  }

  public Arithmetization arithmetization() {
    return arithmetization;
  }

  public SecurityParameters parameters() {
    return parameters;
  }

  /** 32 bytes, or none when the circuit has no MODEL tensor. */
  public byte[] modelRoot() {
    return modelRoot.clone();
  }

  /** BLAKE3 of the circuit's canonical bytes. */
  public byte[] circuitDigest() {
    return circuitDigest.clone();
  }
}
