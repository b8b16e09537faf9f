package org.zkc.gkr.verify;

import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.statement.Statement;

/** Verifies under whatever parameters a key has: for {@link org.zkc.gkr.proof.WeakKeys}. */
public final class WeakVerifier {
  private WeakVerifier() {}

  public static void verify(VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    Verifier.verifyUnderKeyParameters(key, statement, proof, context);
  }
}
