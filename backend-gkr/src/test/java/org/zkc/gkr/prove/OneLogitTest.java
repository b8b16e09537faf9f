package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.ModelVerifier;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.proof.ProofFile;

/** Lines of one logit: the greatest is number 0, whatever it is. */
class OneLogitTest {
  @TempDir Path directory;

  @Test
  void theOnlyLogitOfALineNamesTokenZero() throws Exception {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(0, 5, 1, 4);
    b.output(b.view(x, new ViewStep.Reshape(List.of(1, 4, 1))));
    CheckedCircuit c = CircuitCheck.check(b.circuit());
    TreeMap<Integer, int[]> given = new TreeMap<>(b.given());
    given.put(x, new int[] {3, 3, 3, 3});
    try (ProvingKey key =
        ProvingKey.generate(c, new SmallModel(c.circuit(), given), directory.resolve("c"), 1)) {
      KeyFile file =
          new KeyFile(
              key.verifierKey(),
              List.of(new Port("tokens", ElementType.I64, 1)),
              List.of(new Port("logits", ElementType.F32, 1)),
              Optional.of(new Generation(0, 0)));
      Continuation claim = new Continuation(1, 4);
      Witness w = WeakProof.witness(CircuitEvaluator.evaluate(c, given));
      byte[] proof =
          Prover.prove(
              key, w, file.boundContext(new byte[0], Optional.of(claim)), ProverOptions.quiet());
      byte[] bytes =
          new ProofFile(Prover.statement(key.verifierKey(), w), proof, claim.encode()).encode();
      ModelVerifier verifier = ModelVerifier.load(file.encode());
      // A model of one logit a position picks token 0; the text 3 3 3 was not generated.
      assertThrows(VerificationFailure.class, () -> verifier.verify(bytes));
    }
  }
}
