package org.zkc.gkr.proof;

/** A statement and its proof in a versioned envelope: the content of a {@code .zkp} file. */
public record ProofFile(Statement statement, byte[] proof) {
  public byte[] encode() {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Reads a proof file for {@code key}; the sizes of the public tensors must be the key's.
   *
   * @throws org.zkc.gkr.failure.VerificationFailure when the bytes are not exactly what {@link #encode} writes
   */
  public static ProofFile decode(byte[] bytes, VerifierKey key) {
    throw new UnsupportedOperationException("not built yet");
  }
}
