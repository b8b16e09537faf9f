package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.InvalidCircuit;
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
 * Provers that adapt everything else to exponentials of a wrong greatest element, of another
 * remainder or of another row. The exponentials are outputs, so that what is false is the
 * statement.
 */
class ExponentialsAttackTest {
  private static final int SHIFT = 5;
  private static final int[] ENTRIES = {250, 140, 83, 50, 30, 18, 11, 7, 4, 2, 1, 0};
  private static final int LINES = 3;
  private static final int LENGTH = 16;

  @TempDir Path directory;

  /** Scores of which two levels of products show that the greatest is among them. */
  private final class Softmax implements AutoCloseable {
    final CircuitBuilder b = new CircuitBuilder(41);
    final int x = b.input(-700, 700, LINES, LENGTH);
    final int e = b.exponentials(x, 1, SHIFT, 1, ENTRIES);
    final WeakProof weak;
    final ConstraintSystem system;
    final int[] scores;

    Softmax() throws Exception {
      b.output(e);
      weak = new WeakProof(b, directory);
      system = weak.key.verifierKey().arithmetization().system();
      scores = weak.honest[x];
    }

    /** The tensor of the expansion whose name ends so. */
    int named(String end) {
      return IntStream.range(0, system.tensors().size())
          .filter(t -> system.tensor(t).name().endsWith(end))
          .findFirst()
          .orElseThrow();
    }

    int greatest(int line) {
      return line(line).max().getAsInt();
    }

    int second(int line) {
      int most = greatest(line);
      return line(line).filter(s -> s < most).max().getAsInt();
    }

    IntStream line(int line) {
      return Arrays.stream(scores, line * LENGTH, (line + 1) * LENGTH);
    }

    /**
     * What the table gives for distances from such a greatest element; row 0 where there is none.
     */
    int[] exponentials(int[] greatest) {
      return IntStream.range(0, scores.length)
          .map(k -> Math.max(0, greatest[k / LENGTH] - scores[k] >> SHIFT))
          .map(h -> ENTRIES[Math.min(h, ENTRIES.length - 1)])
          .toArray();
    }

    int[] greatest() {
      return IntStream.range(0, LINES).map(this::greatest).toArray();
    }

    /** A prover of these exponentials; what else it holds is forged by the caller. */
    ForgedValues prover(int[] exponentials) {
      return new ForgedValues(weak, elements(exponentials));
    }

    int[][] elements(int[] exponentials) {
      return weak.withTensor(e, exponentials);
    }

    void rejected(String start, int[] exponentials, ForgedValues values) {
      assertTrue(
          !Arrays.equals(weak.honest[e], exponentials), "the exponentials are the right ones");
      String why = weak.rejection(elements(exponentials), values);
      assertNotNull(why);
      assertTrue(why.startsWith(start), why);
    }

    @Override
    public void close() {
      weak.close();
    }
  }

  @Test
  void honestExponentialsAreAccepted() throws Exception {
    try (Softmax s = new Softmax()) {
      assertNull(s.weak.rejection(s.weak.honest, s.prover(s.weak.honest[s.e])));
    }
  }

  /** One that is no score: too large, or less than the greatest and above all others. */
  @Test
  void aGreatestThatIsNoScore() throws Exception {
    try (Softmax s = new Softmax()) {
      for (int delta : new int[] {1, 40, 1 << SHIFT}) {
        int[] greatest = s.greatest();
        greatest[1] += delta;
        int[] e = s.exponentials(greatest);
        if (!Arrays.equals(e, s.weak.honest[s.e])) {
          s.rejected(
              "relation 0 Exponentials greatest 1",
              e,
              s.prover(e).forge(s.named("greatest 1"), greatest));
        }
      }
      int[] greatest = s.greatest();
      greatest[0] = s.second(0) + 1;
      assertTrue(greatest[0] < s.greatest(0));
      int[] e = s.exponentials(greatest);
      e[0] = e[0] == 83 ? 50 : 83;
      s.rejected("lookup tables layer 0", e, s.prover(e).forge(s.named("greatest 1"), greatest));
    }
  }

  /** A greatest one on the first level that is no score, from which the second follows. */
  @Test
  void aPlaceThatHasNoScore() throws Exception {
    try (Softmax s = new Softmax()) {
      int first = s.named("greatest 0");
      int[] places = s.prover(s.weak.honest[s.e]).signed(first);
      int width = places.length / LINES;
      for (int k = width; k < 2 * width; k++) {
        places[k] = s.greatest(1) + 64;
      }
      int[] greatest = s.greatest();
      greatest[1] += 64;
      int[] e = s.exponentials(greatest);
      s.rejected("relation 0 Exponentials greatest 0", e, s.prover(e).forge(first, places));
    }
  }

  /** Another score than the greatest: every product is 0, and a distance is negative. */
  @Test
  void anotherScore() throws Exception {
    try (Softmax s = new Softmax()) {
      int[] greatest = s.greatest();
      greatest[2] = s.second(2);
      int first = s.named("greatest 0");
      int[] places = s.prover(s.weak.honest[s.e]).signed(first);
      // Where the greatest was, another of its place, or where that cannot be, the second itself.
      int width = places.length / LINES;
      for (int k = 2 * width; k < 3 * width; k++) {
        if (places[k] > greatest[2]) {
          int at = k % width;
          places[k] = s.scores[2 * LENGTH + Math.min(at + width, LENGTH - 1)];
        }
      }
      int[] e = s.exponentials(greatest);
      e[2 * LENGTH + s.line(2).boxed().toList().indexOf(s.greatest(2))] = ENTRIES[1];
      ForgedValues values = s.prover(e).forge(first, places);
      String why = s.weak.rejection(s.elements(e), values);
      assertNotNull(why);
      values = s.prover(e).forge(s.named("greatest 1"), greatest);
      s.rejected("lookup tables layer 0", e, values);
    }
  }

  /** Remainders of 2^s and more with a row less, and of the row above with one that is negative. */
  @Test
  void remaindersOutsideTheirRange() throws Exception {
    try (Softmax s = new Softmax()) {
      int limb = s.named("remainder limb 0");
      int[] right = s.prover(s.weak.honest[s.e]).signed(limb);
      for (int rows : new int[] {1, -1}) {
        int[] e = s.weak.honest[s.e].clone();
        int[] limbs = right.clone();
        int at = -1;
        for (int k = 0; k < e.length && at < 0; k++) {
          int h = s.greatest(k / LENGTH) - s.scores[k] >> SHIFT;
          at = h > 1 && h < ENTRIES.length - 2 ? k : -1;
        }
        int h = s.greatest(at / LENGTH) - s.scores[at] >> SHIFT;
        e[at] = ENTRIES[h - rows];
        limbs[at] += rows << SHIFT;
        s.rejected("lookup tables layer 0", e, s.prover(e).forge(limb, limbs));
      }
    }
  }

  @Test
  void theEntryOfANeighbouringRow() throws Exception {
    try (Softmax s = new Softmax()) {
      for (int step : new int[] {1, -1}) {
        int[] e = s.weak.honest[s.e].clone();
        int at = IntStream.range(0, e.length).filter(k -> e[k] == 83).findFirst().orElseThrow();
        e[at] = ENTRIES[2 + step];
        s.rejected("lookup tables layer 0", e, s.prover(e));
      }
    }
  }

  /**
   * What the places of the first level hold is the prover's choice among the scores of their parts,
   * as long as the greatest is reached: the statement is the same.
   */
  @Test
  void placesAreFreeWhereTheyDoNotReachTheGreatest() throws Exception {
    try (Softmax s = new Softmax()) {
      int first = s.named("greatest 0");
      ForgedValues values = s.prover(s.weak.honest[s.e]);
      int[] places = values.signed(first);
      int width = places.length / LINES;
      int at = places[0] == s.greatest(0) ? 1 : 0;
      int other = s.scores[at] == places[at] ? s.scores[at + width] : s.scores[at];
      assertTrue(places[at] != other);
      places[at] = other;
      assertNull(s.weak.rejection(s.weak.honest, values.forge(first, places)));
    }
  }

  /**
   * The reason for the window condition: where table and remainder name more than p integers, a
   * negative distance has a row, and a score that is not the greatest passes for that.
   */
  @Test
  void aTableTooLongForItsShiftHasRowsForNegativeDistances() throws Exception {
    List<Integer> shape = List.of(1, 2);
    Table table = new Table.Entries(0, 0, new int[] {9, 1}, 1 << 15);
    Circuit wide =
        new Circuit(
            List.of(
                TensorDeclaration.input(shape, -100, 100),
                TensorDeclaration.witness(shape, 0, 9),
                TensorDeclaration.virtual(shape, 0, 9)),
            List.of(table),
            List.of(
                new Exponentials(1, 0, 1, 16, List.of(16), 0),
                new Affine(2, List.of(new Affine.Term(1, 1, List.of())), List.of())),
            List.of(0),
            List.of(2));
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(wide));
    assertTrue(e.getMessage().contains("window condition"), e.getMessage());

    CheckedCircuit unchecked = Unchecked.circuit(wide);
    VerifierKey key = WeakKeys.of(unchecked, new byte[0]);
    ConstraintSystem system = key.arithmetization().system();
    // Of 5 and 7 the greatest is said to be 5: the distance of 7 is -2 = 2^16 (2^15 - 1) + r.
    int[][] elements = {{5, 7}, {9, 1}, {9, 1}};
    int remainder = M31.P - 2 - ((1 << 15) - 1 << 16);
    assertTrue(remainder >= 0 && remainder < 1 << 16);
    try (ProvingKey proving =
        ProvingKey.open(key, new SmallModel(wide, Map.of()), directory.resolve("none"), 1)) {
      ForgedValues values = new ForgedValues(system, elements, proving.model());
      for (int t = 0; t < system.tensors().size(); t++) {
        if (system.tensor(t).name().endsWith("greatest 0")) {
          values.forge(t, new int[] {5});
        } else if (system.tensor(t).name().endsWith("remainder limb 0")) {
          values.forge(t, new int[] {0, remainder});
        }
      }
      Statement wrong = new Statement(List.of(elements[0]), List.of(elements[2]));
      byte[] proof = Prover.prove(proving, wrong, values, WeakProof.CONTEXT, ProverOptions.quiet());
      WeakVerifier.verify(key, wrong, proof, WeakProof.CONTEXT);
      int[][] meant = CircuitEvaluator.evaluate(unchecked, new TreeMap<>(Map.of(0, elements[0])));
      assertEquals("[9, 9]", Arrays.toString(meant[2]), "what the circuit means");
    }
  }
}
