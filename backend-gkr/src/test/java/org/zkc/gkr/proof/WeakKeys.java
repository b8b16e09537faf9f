package org.zkc.gkr.proof;

import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.security.SecurityParameters;

/**
 * Keys with few queries and no grinding, for tests that make many proofs. No release code accepts
 * them.
 */
public final class WeakKeys {
  public static final SecurityParameters PARAMETERS = new SecurityParameters(3, 0, 0, 2);

  private WeakKeys() {}

  public static VerifierKey of(CheckedCircuit circuit, byte[] modelRoot) {
    return new VerifierKey(Arithmetization.of(circuit), PARAMETERS, modelRoot);
  }
}
