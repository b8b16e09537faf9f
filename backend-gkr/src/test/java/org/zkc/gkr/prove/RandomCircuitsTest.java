package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.statement.Statement;

/**
 * Random circuits through prover and verifier: what they compute is proved, and neither another
 * output, another witness nor another model is, whoever follows the protocol with it.
 */
class RandomCircuitsTest {
  private static final long FIRST_SEED = 5000;
  private static final int CIRCUITS = 60;
  private static final int LIES = 6;

  @TempDir Path directory;

  private static Optional<CircuitBuilder> drawn(long seed) {
    try {
      return Optional.of(RandomCircuits.of(seed));
    } catch (InvalidCircuit valuesGrowTooLarge) {
      return Optional.empty();
    }
  }

  @Test
  void whatIsComputedIsProvedAndNothingElse() throws IOException {
    int built = 0;
    int lies = 0;
    for (long seed = FIRST_SEED; built < CIRCUITS; seed++) {
      Optional<CircuitBuilder> b = drawn(seed);
      if (b.isEmpty()) {
        continue;
      }
      built++;
      try (WeakProof weak = new WeakProof(b.get(), directory)) {
        insideIntervals(weak, seed);
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "seed " + seed);
        Random random = new Random(31 * seed + 7);
        List<Relation> relations = weak.circuit.circuit().relations();
        for (int k = 0; k < LIES; k++) {
          int t = relations.get(random.nextInt(relations.size())).result();
          lies += lie(weak, t, random, "seed " + seed + " tensor " + t);
        }
      }
    }
    assertTrue(lies > CIRCUITS * LIES / 2, lies + " lies are few");
  }

  private static void insideIntervals(WeakProof weak, long seed) {
    for (int t = 0; t < weak.honest.length; t++) {
      Interval interval = weak.circuit.interval(t);
      for (int v : weak.honest[t]) {
        assertTrue(interval.contains(v), "seed " + seed + " tensor " + t);
      }
    }
  }

  /** One element wrong, and all that follows from it; 1 when a proof of that could be made. */
  private static int lie(WeakProof weak, int tensor, Random random, String where) {
    int[] elements = weak.honest[tensor].clone();
    int at = random.nextInt(elements.length);
    elements[at] += random.nextBoolean() ? 1 : -1 - random.nextInt(4);
    int[][] all;
    Statement statement;
    byte[] proof;
    try {
      all = weak.withTensor(tensor, elements);
      statement = weak.statement(all);
      proof = weak.prove(statement, new ForgedValues(weak, all));
    } catch (VerificationFailure
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException noSuchProof) {
      // Outside a table, an interval or the integers.
      return 0;
    }
    if (weak.rejection(statement, proof) == null) {
      // An element that no output depends on and nobody committed may be anything.
      assertTrue(sameOutputs(weak, all), where + ": another output was proved");
      assertEquals(Role.VIRTUAL, weak.circuit.tensor(tensor).role(), where + ": a second witness");
    }
    return 1;
  }

  private static boolean sameOutputs(WeakProof weak, int[][] elements) {
    return weak.circuit.circuit().outputs().stream()
        .allMatch(o -> Arrays.equals(elements[o], weak.honest[o]));
  }

  /** Models that differ from the committed one in one element, among them some of several rows. */
  @Test
  void noOtherModelIsProved() throws IOException {
    int tried = 0;
    int severalRows = 0;
    for (long seed = FIRST_SEED; tried < CIRCUITS; seed++) {
      Optional<CircuitBuilder> b = drawn(seed);
      if (b.isEmpty()) {
        continue;
      }
      try (WeakProof weak = new WeakProof(b.get(), directory)) {
        Circuit circuit = weak.circuit.circuit();
        List<Integer> models = new ArrayList<>();
        for (int t = 0; t < circuit.tensors().size(); t++) {
          TensorDeclaration d = circuit.tensors().get(t);
          if (d.role() == Role.MODEL) {
            models.add(t);
          }
        }
        if (models.isEmpty()) {
          continue;
        }
        ModelLayout layout = weak.key.verifierKey().arithmetization().model();
        severalRows += (int) layout.entries().stream().filter(e -> !e.isSingleRow()).count();
        Random random = new Random(seed);
        for (int k = 0; k < 2; k++) {
          tried +=
              anotherModel(weak, b.get(), models.get(random.nextInt(models.size())), random, seed);
        }
      }
    }
    assertTrue(severalRows > 0, "no tensor has several rows");
  }

  private static int anotherModel(
      WeakProof weak, CircuitBuilder b, int tensor, Random random, long seed) {
    TreeMap<Integer, int[]> given = new TreeMap<>(b.given());
    int[] elements = given.get(tensor).clone();
    int at = random.nextInt(elements.length);
    int to = random.nextInt(7) - 3;
    if (to == elements[at]) {
      return 0;
    }
    elements[at] = to;
    given.put(tensor, elements);
    String rejection;
    int[][] all;
    try {
      all = CircuitEvaluator.evaluate(weak.circuit, given);
      rejection = weak.rejectionOfModel(given);
    } catch (VerificationFailure
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException noSuchProof) {
      return 0;
    }
    // A tensor that nothing reads may be anything; then the outputs are the same.
    assertTrue(
        rejection != null || sameOutputs(weak, all),
        "seed " + seed + " tensor " + tensor + " element " + at);
    return 1;
  }
}
