package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.CellOrder;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/** Every small circuit proves and verifies at full parameters, and no other statement passes. */
class ProveAndVerifyTest {
  private static final byte[] CONTEXT = "test".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void honestProofsPassAndOtherStatementsDoNot(SmallCircuits kind) throws Exception {
    for (long seed = 1; seed <= 3; seed++) {
      CircuitBuilder builder = kind.build(seed);
      CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
      int[][] elements = CircuitEvaluator.evaluate(circuit, builder.given());
      Witness witness = WeakProof.witness(elements);
      try (ProvingKey key =
          ProvingKey.generate(
              circuit,
              new SmallModel(circuit.circuit(), builder.given()),
              directory.resolve("code"),
              1)) {
        byte[] proof = Prover.prove(key, witness, CONTEXT, ProverOptions.quiet());
        byte[] again =
            Prover.prove(
                key, witness, CONTEXT, new ProverOptions(3, (s, f) -> {}, new StageTimes()));
        assertArrayEquals(proof, again, kind + " seed " + seed + ": bytes depend on the threads");
        consumingMakesTheSameProof(key, elements, proof, kind + " seed " + seed);
        VerifierKey verifierKey = VerifierKey.decode(key.verifierKey().encode());
        Statement statement = Prover.statement(verifierKey, witness);
        Verifier.verify(verifierKey, statement, proof, CONTEXT);
        ProofFile file = ProofFile.decode(new ProofFile(statement, proof).encode(), verifierKey);
        Verifier.verify(verifierKey, file.statement(), file.proof(), CONTEXT);

        String at = kind + " seed " + seed;
        for (int k = 0; k < statement.outputs().size(); k++) {
          int[] other = statement.outputs().get(k).clone();
          other[other.length / 2] ^= 1;
          List<int[]> outputs = new ArrayList<>(statement.outputs());
          outputs.set(k, other);
          rejected(at, verifierKey, new Statement(statement.inputs(), outputs), proof, CONTEXT);
        }
        int[] input = statement.inputs().get(0).clone();
        input[0] = input[0] > 0 ? input[0] - 1 : input[0] + 1;
        rejected(
            at, verifierKey, new Statement(List.of(input), statement.outputs()), proof, CONTEXT);
        rejected(at, verifierKey, statement, proof, new byte[0]);
        if (kind == SmallCircuits.MANY_ROWS) {
          // The circuit is there for the case of several channels in each of several rows.
          assertTrue(
              verifierKey.arithmetization().model().entries().stream().allMatch(e -> e.rows() > 1),
              at);
          assertTrue(
              verifierKey.arithmetization().model().entries().stream()
                  .anyMatch(e -> e.perRow() > 1),
              at);
        }
      }
    }
  }

  private static void consumingMakesTheSameProof(
      ProvingKey key, int[][] elements, byte[] proof, String at) {
    Witness witness = WeakProof.witness(elements);
    assertArrayEquals(
        proof, Prover.proveConsuming(key, witness, CONTEXT, ProverOptions.quiet()), at);
    List<TensorDeclaration> tensors = key.verifierKey().circuit().circuit().tensors();
    for (int t = 0; t < elements.length; t++) {
      boolean kept =
          switch (tensors.get(t).role()) {
            case VIRTUAL -> false;
            // What is committed to in another order is kept in that order alone.
            case WITNESS -> CellOrder.of(tensors.get(t).shape()).isOfAxes();
            case INPUT, MODEL -> true;
          };
      assertEquals(
          kept || key.verifierKey().circuit().isPublic(t), witness.has(t), at + ": tensor " + t);
    }
  }

  private static void rejected(
      String at, VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    assertThrows(
        VerificationFailure.class, () -> Verifier.verify(key, statement, proof, context), at);
  }
}
