package org.zkc.gkr.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.prove.RandomCircuits;
import org.zkc.gkr.prove.SmallCircuits;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.weight.VerifierWork;

/** The work that is foretold is that of the verification itself, so that both refuse the same. */
class VerifierBoundsTest {
  @TempDir Path directory;

  private void foretold(CircuitBuilder builder) throws Exception {
    try (WeakProof weak = new WeakProof(builder, directory)) {
      VerifierKey key = weak.key.verifierKey();
      VerifierWork spent = weak.verify(weak.statement(weak.honest), weak.prove());
      VerifierWork foretold =
          VerifierWork.within(() -> ProofSize.of(key.arithmetization(), key.parameters()));
      assertTrue(spent.operations() > 0);
      assertEquals(spent.operations(), foretold.operations(), "operations");
      assertEquals(spent.held(), foretold.held(), "elements held");
    }
  }

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void isThatOfSmallCircuits(SmallCircuits kind) throws Exception {
    foretold(kind.build(1));
  }

  @Test
  void isThatOfRandomCircuits() throws Exception {
    int built = 0;
    for (long seed = 6000; built < 40; seed++) {
      CircuitBuilder builder;
      try {
        builder = RandomCircuits.of(seed);
      } catch (InvalidCircuit valuesGrowTooLarge) {
        continue;
      }
      foretold(builder);
      built++;
    }
  }

  /** Every query opens a column of 2^20 rows. */
  @Test
  void proofsThatNobodyReads() {
    List<Integer> shape = List.of((1 << 20) + 1, 1);
    Circuit circuit =
        new Circuit(
            List.of(
                new TensorDeclaration(TensorDeclaration.Role.MODEL, shape, 0, 0, 0, 0),
                TensorDeclaration.virtual(shape, 0, 0)),
            List.of(),
            List.of(new Affine(1, List.of(new Affine.Term(0, 1, List.of())), List.of())),
            List.of(),
            List.of(1));
    VerifierKey key =
        VerifierKey.of(CircuitCheck.check(circuit), new byte[VerifierKey.DIGEST_BYTES]);
    CircuitTooLarge e = assertThrows(CircuitTooLarge.class, () -> VerifierBounds.require(key));
    assertTrue(String.valueOf(e.getMessage()).startsWith("a proof of"), e.getMessage());
  }
}
