package org.zkc.gkr.prove;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.WeakVerifier;
import org.zkc.gkr.weight.VerifierWork;

/** A circuit with its keys under weak parameters, and proofs of any values for it. */
public final class WeakProof implements AutoCloseable {
  public static final byte[] CONTEXT = {1, 2, 3};

  public final CheckedCircuit circuit;
  public final int[][] honest;
  public final ProvingKey key;
  private final Map<Integer, int[]> given;

  public WeakProof(CircuitBuilder builder, Path directory) throws IOException {
    circuit = CircuitCheck.check(builder.circuit());
    given = builder.given();
    honest = CircuitEvaluator.evaluate(circuit, given);
    try (ProvingKey strong =
        ProvingKey.generate(
            circuit, new SmallModel(circuit.circuit(), given), directory.resolve("weak.code"), 1)) {
      VerifierKey weak = WeakKeys.of(circuit, strong.verifierKey().modelRoot());
      key =
          ProvingKey.open(
              weak, new SmallModel(circuit.circuit(), given), directory.resolve("weak.code"), 1);
    }
  }

  public static Witness witness(int[][] elements) {
    Witness w = new Witness(elements.length);
    for (int t = 0; t < elements.length; t++) {
      w.set(t, elements[t]);
    }
    return w;
  }

  public Statement statement(int[][] elements) {
    return Prover.statement(key.verifierKey(), witness(elements));
  }

  /** The values that follow from the honest ones when one tensor has other elements. */
  public int[][] withTensor(int tensor, int[] elements) {
    TreeMap<Integer, int[]> changed = new TreeMap<>(given);
    changed.put(tensor, elements);
    return CircuitEvaluator.evaluate(circuit, changed);
  }

  /** An honest proof. */
  public byte[] prove() {
    return Prover.prove(key, witness(honest), CONTEXT, ProverOptions.quiet());
  }

  /** A proof of other values, by a prover that follows the protocol. */
  byte[] prove(Statement statement, TensorValues values) {
    return Prover.prove(key, statement, values, CONTEXT, ProverOptions.quiet());
  }

  /** Verifies, and returns what that took. */
  public VerifierWork verify(Statement statement, byte[] proof) {
    return WeakVerifier.verify(key.verifierKey(), statement, proof, CONTEXT);
  }

  /** Why a proof is rejected; null when it is accepted. */
  public String rejection(Statement statement, byte[] proof) {
    try {
      verify(statement, proof);
      return null;
    } catch (VerificationFailure e) {
      return e.getMessage();
    }
  }

  /**
   * Why a proof of these elements is rejected, by a prover that follows the protocol with {@code
   * values} instead; null when it is accepted.
   */
  String rejection(int[][] elements, TensorValues values) {
    Statement statement = statement(elements);
    return rejection(statement, prove(statement, values));
  }

  /**
   * Why an honest proof under another model than the key's is rejected, with the commitment to the
   * key's model; null when it is accepted.
   *
   * @param other inputs and the other model, by tensor
   */
  String rejectionOfModel(Map<Integer, int[]> other) {
    int[][] elements = CircuitEvaluator.evaluate(circuit, other);
    ModelMatrix matrix =
        new ModelMatrix(
            key.verifierKey().arithmetization().system(),
            key.verifierKey().arithmetization().model(),
            new SmallModel(circuit.circuit(), other));
    ProvingKey swapped = new ProvingKey(key.verifierKey(), matrix, key.commitment());
    byte[] proof = Prover.prove(swapped, witness(elements), CONTEXT, ProverOptions.quiet());
    return rejection(statement(elements), proof);
  }

  @Override
  public void close() {
    key.close();
  }
}
