package org.zkc.gkr.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.gkr.prove.SmallCircuits;
import org.zkc.gkr.prove.SmallModel;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.prove.Witness;

/** Sizes from the circuit alone against those of proofs. */
final class ProofSizeTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void sectionsAreExactAndOpeningsNear(SmallCircuits kind) throws Exception {
    CircuitBuilder builder = kind.build(1);
    CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
    int[][] elements = CircuitEvaluator.evaluate(circuit, builder.given());
    Witness witness = WeakProof.witness(elements);
    try (ProvingKey key =
        ProvingKey.generate(
            circuit,
            new SmallModel(circuit.circuit(), builder.given()),
            directory.resolve("code"),
            1)) {
      byte[] context = "test".getBytes(StandardCharsets.UTF_8);
      byte[] bytes = Prover.prove(key, witness, context, ProverOptions.quiet());
      Proof proof = Proof.decode(bytes);
      VerifierKey verifierKey = key.verifierKey();
      ProofSize size = ProofSize.of(verifierKey.arithmetization(), verifierKey.parameters());
      for (Section section : Section.values()) {
        assertEquals(
            proof.sections().get(section).length, size.sections().get(section), section.text());
      }
      // Few columns, nearly all of them opened: the sharing varies most here.
      assertEquals(length(proof.opening(Opening.WITNESS)), size.opening(Opening.WITNESS), 2000);
      assertEquals(length(proof.opening(Opening.MODEL)), size.opening(Opening.MODEL), 2000);
      assertEquals(bytes.length, size.bytes(), 4000);
    }
  }

  private static long length(ColumnOpening opening) {
    return 4L * opening.columns().length + opening.multiproof().length;
  }
}
