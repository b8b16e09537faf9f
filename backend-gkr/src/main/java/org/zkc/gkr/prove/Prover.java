package org.zkc.gkr.prove;

/** Makes proofs. */
public final class Prover {
  private Prover() {}

  /**
   * Proves that the circuit of {@code key}, on the model of {@code key} and the inputs in {@code witness}, gives the
   * outputs in {@code witness}. The bytes do not depend on the options.
   *
   * @param context bound to the proof; the verifier must be given the same bytes
   */
  public static byte[] prove(ProvingKey key, Witness witness, byte[] context, ProverOptions options) {
    throw new UnsupportedOperationException("not built yet");
  }
}
