package org.zkc.gkr.proof;

import org.zkc.gkr.circuit.CheckedCircuit;

/** What a verifier must have: circuit, tables, security parameters and the model commitment. */
public final class VerifierKey {
  private VerifierKey() {}

  /**
   * Reads a key and checks everything in it.
   *
   * @throws org.zkc.gkr.failure.VerificationFailure when the bytes are not exactly what {@link #encode} writes for a circuit
   *     that passes the check, under the parameters that this version computes for it
   */
  public static VerifierKey decode(byte[] bytes) {
    throw new UnsupportedOperationException("not built yet");
  }

  public byte[] encode() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** BLAKE3 of {@link #encode}, 32 bytes. */
  public byte[] digest() {
    throw new UnsupportedOperationException("not built yet");
  }

  public CheckedCircuit circuit() {
    throw new UnsupportedOperationException("not built yet");
  }
}
