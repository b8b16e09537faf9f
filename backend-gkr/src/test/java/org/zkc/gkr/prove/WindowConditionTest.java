package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.Unchecked;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.WeakVerifier;

/**
 * The reason for the window condition: in circuits that break it wrong statements are proved and
 * accepted. The check that refuses them is the only defence, and it runs on every key that is
 * loaded.
 */
class WindowConditionTest {
  private static final List<Integer> SHAPE = List.of(1, 2);

  @TempDir Path directory;

  private static Affine copy(int result, int source) {
    return new Affine(result, List.of(new Affine.Term(source, 1, List.of())), List.of());
  }

  private static Circuit circuit(TensorDeclaration source, Table table, Relation relation) {
    return new Circuit(
        List.of(
            source,
            TensorDeclaration.witness(SHAPE, -60000, 60000),
            TensorDeclaration.virtual(SHAPE, -60000, 60000)),
        List.of(table),
        List.of(relation, copy(2, 1)),
        List.of(0),
        List.of(2));
  }

  @Test
  void aTableTooWideForItsShiftNamesSeveralIntegers() throws Exception {
    // 2^16 h + r over h in [-2^15, 2^15) covers 2^32 integers, twice the field.
    Circuit wide =
        circuit(
            TensorDeclaration.input(SHAPE, -100, 100),
            new Table.Clamp(-(1 << 15), 1 << 16, -60000, 60000),
            new Requantize(1, 0, 16, List.of(16), 0));
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(wide));
    assertTrue(e.getMessage().contains("window condition"), e.getMessage());

    // Without the check: 5 + 2^15 = 2^16 h + r mod p has a second solution, h = -2^15 and r = 2^15
    // + 4.
    CheckedCircuit unchecked = Unchecked.circuit(wide);
    VerifierKey key = WeakKeys.of(unchecked, new byte[0]);
    ConstraintSystem system = key.arithmetization().system();
    int h = -(1 << 15);
    int half = 1 << 15;
    int remainder = M31.sub(5 + half, M31.fromSigned((long) h << 16));
    assertTrue(remainder < 1 << 16, "a remainder in range: " + remainder);
    int[][] elements = {{5, 7}, {h, 0}, {h, 0}};
    int limb = 0;
    while (!system.tensor(limb).name().contains("remainder limb")) {
      limb++;
    }
    try (ProvingKey proving =
        ProvingKey.open(key, new SmallModel(wide, Map.of()), directory.resolve("none"), 1)) {
      ForgedValues values =
          new ForgedValues(system, elements, proving.model())
              .forge(limb, new int[] {remainder, 7 + half});
      Statement wrong = new Statement(List.of(elements[0]), List.of(elements[2]));
      byte[] proof = Prover.prove(proving, wrong, values, WeakProof.CONTEXT, ProverOptions.quiet());
      WeakVerifier.verify(key, wrong, proof, WeakProof.CONTEXT);
      assertEquals("[0, 0]", Arrays.toString(evaluate(unchecked)), "what the circuit means");
    }
  }

  private static int[] evaluate(CheckedCircuit circuit) {
    return CircuitEvaluator.evaluate(circuit, new TreeMap<>(Map.of(0, new int[] {5, 7})))[2];
  }

  @Test
  void aRangeTooWideForAMaximumIsRefused() {
    // Differences of x = -2^30+1 and y = 2^30-1 turn around p into small numbers: y - x mod p would
    // let x be the maximum.
    long end = (1L << 30) - 1;
    Circuit wide =
        new Circuit(
            List.of(
                TensorDeclaration.input(SHAPE, -end, -end + 10),
                TensorDeclaration.input(SHAPE, end - 10, end),
                TensorDeclaration.witness(SHAPE, -end, end),
                TensorDeclaration.virtual(SHAPE, -end, end)),
            List.of(),
            List.of(new Max(2, List.of(0, 1), 20), copy(3, 2)),
            List.of(0, 1),
            List.of(3));
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(wide));
    assertTrue(e.getMessage().contains("window condition"), e.getMessage());
  }

  @Test
  void aQuotientWhoseRemainderTurnsAroundNamesSeveralIntegers() throws Exception {
    // 2 n + d - 2 d q over q in [0, 2^20] and d up to 2^12 covers 2^33 integers.
    Circuit wide =
        new Circuit(
            List.of(
                TensorDeclaration.input(SHAPE, 0, 100),
                TensorDeclaration.input(SHAPE, 1, 1 << 12),
                TensorDeclaration.witness(SHAPE, 0, 1 << 20),
                TensorDeclaration.virtual(SHAPE, 0, 1 << 20)),
            List.of(),
            List.of(new RoundedQuotient(2, 0, 1, 0, 0, 1 << 20), copy(3, 2)),
            List.of(0, 1),
            List.of(3));
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(wide));
    assertTrue(e.getMessage().contains("window condition"), e.getMessage());

    // Without the check: a quotient whose remainder is in [0, 2 d) modulo p.
    int n = 50;
    int d = 1 << 12;
    int quotient = 1;
    while (Math.floorMod(2L * n + d - 2L * d * quotient, (long) M31.P) >= 2L * d) {
      quotient++;
    }
    assertTrue(quotient <= 1 << 20);
    CheckedCircuit unchecked = Unchecked.circuit(wide);
    VerifierKey key = WeakKeys.of(unchecked, new byte[0]);
    int[][] elements = {{n, 7}, {d, 1}, {quotient, 7}, {quotient, 7}};
    try (ProvingKey proving =
        ProvingKey.open(key, new SmallModel(wide, Map.of()), directory.resolve("none"), 1)) {
      ForgedValues values =
          new ForgedValues(key.arithmetization().system(), elements, proving.model());
      Statement wrong = new Statement(List.of(elements[0], elements[1]), List.of(elements[3]));
      byte[] proof = Prover.prove(proving, wrong, values, WeakProof.CONTEXT, ProverOptions.quiet());
      WeakVerifier.verify(key, wrong, proof, WeakProof.CONTEXT);
      int[][] meant =
          CircuitEvaluator.evaluate(
              unchecked, new TreeMap<>(Map.of(0, elements[0], 1, elements[1])));
      assertEquals("[0, 7]", Arrays.toString(meant[3]), "what the circuit means");
    }
  }
}
