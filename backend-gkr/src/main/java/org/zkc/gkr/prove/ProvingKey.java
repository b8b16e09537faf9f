package org.zkc.gkr.prove;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.prove.commitment.ModelCommitment;

/**
 * A prover's key: the verifier key, the model's elements and their commitment. Close the key to
 * unmap the code file.
 */
public final class ProvingKey implements AutoCloseable {
  private final VerifierKey verifierKey;
  private final ModelMatrix model;
  private final @Nullable ModelCommitment commitment;

  ProvingKey(VerifierKey verifierKey, ModelMatrix model, @Nullable ModelCommitment commitment) {
    this.verifierKey = verifierKey;
    this.model = model;
    this.commitment = commitment;
  }

  /**
   * Tells the kernels that the circuit's model will be committed to, so that they can be compiled
   * while something else is done.
   */
  public static void announce(CheckedCircuit circuit) {
    long elements =
        circuit.circuit().tensors().stream()
            .filter(t -> t.role() == TensorDeclaration.Role.MODEL)
            .mapToLong(TensorDeclaration::elementCount)
            .sum();
    CircleCode.announce(elements);
    ColumnHasher.announce(elements * ProtocolConstants.BLOW_UP);
  }

  /**
   * Commits to the model and makes both keys. The commitment's codeword goes to {@code codeFile},
   * which is replaced; a circuit without MODEL tensors has none.
   *
   * @throws IOException when the file cannot be written
   */
  public static ProvingKey generate(
      CheckedCircuit circuit, ModelTensors tensors, Path codeFile, int threads) throws IOException {
    Arithmetization a = Arithmetization.of(circuit);
    ModelLayout layout = a.model();
    ModelMatrix model = new ModelMatrix(a.system(), layout, tensors);
    if (layout.isEmpty()) {
      return new ProvingKey(VerifierKey.of(circuit, new byte[0]), model, null);
    }
    try (Workers workers = Workers.of(threads)) {
      ModelCommitment commitment =
          ModelCommitment.create(codeFile, layout.width(), layout.rows(), model, workers);
      return new ProvingKey(VerifierKey.of(circuit, commitment.root()), model, commitment);
    }
  }

  /**
   * Opens the keys of an earlier {@link #generate}; the code file is rebuilt when it is absent or
   * another's.
   *
   * @throws IOException when the file cannot be read or written, or the model is not the one of the
   *     key
   */
  public static ProvingKey open(VerifierKey key, ModelTensors tensors, Path codeFile, int threads)
      throws IOException {
    Arithmetization a = key.arithmetization();
    ModelLayout layout = a.model();
    ModelMatrix model = new ModelMatrix(a.system(), layout, tensors);
    if (layout.isEmpty()) {
      return new ProvingKey(key, model, null);
    }
    try (Workers workers = Workers.of(threads)) {
      ModelCommitment commitment =
          ModelCommitment.openOrCreate(
              codeFile, key.modelRoot(), layout.width(), layout.rows(), model, workers);
      return new ProvingKey(key, model, commitment);
    }
  }

  /**
   * The keys of an earlier {@link #generate}, with the code file that is there; empty when the file
   * is absent, unreadable or another's.
   */
  public static Optional<ProvingKey> find(VerifierKey key, ModelTensors tensors, Path codeFile) {
    Arithmetization a = key.arithmetization();
    ModelLayout layout = a.model();
    ModelMatrix model = new ModelMatrix(a.system(), layout, tensors);
    if (layout.isEmpty()) {
      return Optional.of(new ProvingKey(key, model, null));
    }
    return ModelCommitment.find(codeFile, key.modelRoot(), layout.width(), layout.rows())
        .map(commitment -> new ProvingKey(key, model, commitment));
  }

  /**
   * The key that proves several samples at once. It shares this key's files: closing this key
   * closes both.
   *
   * @throws org.zkc.gkr.circuit.InvalidCircuit as {@link VerifierKey#batch}
   */
  public ProvingKey batch(int samples) {
    return new ProvingKey(verifierKey.batch(samples), model, commitment);
  }

  public VerifierKey verifierKey() {
    return verifierKey;
  }

  ModelMatrix model() {
    return model;
  }

  /** Null when the circuit has no MODEL tensor. */
  @Nullable ModelCommitment commitment() {
    return commitment;
  }

  @Override
  public void close() {
    if (commitment != null) {
      commitment.close();
    }
  }
}
