package org.zkc.gkr.verify;

import org.zkc.gkr.proof.Statement;
import org.zkc.gkr.proof.VerifierKey;

/** Checks proofs. */
public final class Verifier {
  private Verifier() {}

  /**
   * Returns normally when {@code proof} proves {@code statement} for the circuit and model of {@code key}.
   *
   * @param context the bytes that the prover bound to the proof
   * @throws org.zkc.gkr.failure.VerificationFailure otherwise; nothing else is thrown, whatever the bytes
   */
  public static void verify(VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    throw new UnsupportedOperationException("not built yet");
  }
}
