package org.zkc.gkr.verify;

import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.weight.VerifierWork;

/** Verifies under whatever parameters a key has: for {@link org.zkc.gkr.proof.WeakKeys}. */
public final class WeakVerifier {
  private WeakVerifier() {}

  /** Verifies, and returns what that took. */
  public static VerifierWork verify(
      VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    return Verifier.verifyUnderKeyParameters(key, statement, proof, context);
  }
}
