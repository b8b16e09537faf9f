package org.zkc.gkr.estimate;

import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.weight.VerifierWork;

/**
 * The bounds that a verifier keeps for itself (docs/protocol.md section 2), checked before anything
 * is made, so that no proof is made that no verifier would accept.
 */
public final class VerifierBounds {
  /** The tag and the length of a public tensor in a proof file. */
  private static final int FRAME = 8;

  private VerifierBounds() {}

  /**
   * Proofs under a key, which reads back, are within the bounds: the work on weights, the claims
   * that one combination merges, and the bytes of the longest proof.
   *
   * @throws CircuitTooLarge naming the limit
   */
  public static void require(VerifierKey key) {
    ProofSize[] size = new ProofSize[1];
    try {
      VerifierWork.within(() -> size[0] = ProofSize.of(key.arithmetization(), key.parameters()));
    } catch (VerificationFailure e) {
      throw new CircuitTooLarge(String.valueOf(e.getMessage()));
    }
    Circuit circuit = key.circuit().circuit();
    long frame = (long) FRAME * (circuit.inputs().size() + circuit.outputs().size());
    long bytes = frame + size[0].mostBytes();
    if (bytes > ProofFile.MAX_BYTES) {
      throw new CircuitTooLarge(
          "a proof of " + bytes + " bytes, at most " + ProofFile.MAX_BYTES + " are read");
    }
  }
}
