package org.zkc.gkr.prove;

import java.io.IOException;
import java.nio.file.Path;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.proof.VerifierKey;

/** What a prover needs: the verifier key, the model's elements and their commitment. */
public final class ProvingKey {
  private ProvingKey() {}

  /**
   * Commits to the model and makes both keys. The commitment's codeword goes to {@code codeFile}, which is replaced.
   *
   * @throws IOException when the file cannot be written
   */
  public static ProvingKey generate(CheckedCircuit circuit, ModelTensors model, Path codeFile, int threads)
      throws IOException {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Opens the keys of an earlier {@link #generate}; the code file is rebuilt when it is absent.
   *
   * @throws IOException when the file cannot be read, or is not the one of this key
   */
  public static ProvingKey open(VerifierKey key, ModelTensors model, Path codeFile, int threads) throws IOException {
    throw new UnsupportedOperationException("not built yet");
  }

  public VerifierKey verifierKey() {
    throw new UnsupportedOperationException("not built yet");
  }
}
