package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.BatchedCircuit;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/**
 * A batch is what its samples are, one by one: its circuit computes that, its proof is accepted for
 * that alone, and for no other number of samples.
 */
class BatchTest {
  private static final byte[] CONTEXT = "batch".getBytes(StandardCharsets.UTF_8);
  private static final int RANDOM_CIRCUITS = 300;

  @TempDir Path directory;

  private static List<Map<Integer, int[]>> samples(
      CheckedCircuit circuit, CircuitBuilder builder, int count, long seed) {
    Random random = new Random(seed);
    List<Map<Integer, int[]>> out = new ArrayList<>();
    out.add(builder.given());
    while (out.size() < count) {
      Map<Integer, int[]> given = new TreeMap<>(builder.given());
      for (int t : circuit.circuit().inputs()) {
        TensorDeclaration d = circuit.tensor(t);
        int[] elements = new int[(int) d.elementCount()];
        for (int k = 0; k < elements.length; k++) {
          elements[k] = (int) random.nextLong(d.low(), d.high() + 1);
        }
        given.put(t, elements);
      }
      out.add(given);
    }
    return out;
  }

  private static int[] joined(List<int[]> parts) {
    return parts.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** Empty where a relation of the circuit has no batched form. */
  private static Optional<BatchedCircuit> batch(CheckedCircuit circuit, int samples) {
    try {
      return Optional.of(BatchedCircuit.of(circuit, samples));
    } catch (InvalidCircuit e) {
      assertTrue(String.valueOf(e.getMessage()).endsWith("no batched form"), e.getMessage());
      return Optional.empty();
    }
  }

  @Test
  void randomCircuitsComputeTheirSamples() {
    int batched = 0;
    Set<Role> once = EnumSet.noneOf(Role.class);
    for (long seed = 1; seed <= RANDOM_CIRCUITS; seed++) {
      CircuitBuilder builder;
      CheckedCircuit one;
      try {
        builder = RandomCircuits.of(seed);
        one = CircuitCheck.check(builder.circuit());
      } catch (InvalidCircuit valuesGrowTooLarge) {
        continue;
      }
      int count = 2 + (int) (seed % 3);
      Optional<BatchedCircuit> batch = batch(one, count);
      if (batch.isEmpty()) {
        continue;
      }
      batched++;
      CheckedCircuit checked = CircuitCheck.check(batch.get().circuit());
      List<Map<Integer, int[]>> samples = samples(one, builder, count, seed);
      List<int[][]> alone = samples.stream().map(s -> CircuitEvaluator.evaluate(one, s)).toList();
      Map<Integer, int[]> given = new TreeMap<>(builder.given());
      one.circuit()
          .inputs()
          .forEach(t -> given.put(t, joined(samples.stream().map(s -> s.get(t)).toList())));
      int[][] together = CircuitEvaluator.evaluate(checked, given);
      for (int t = 0; t < one.circuit().tensors().size(); t++) {
        int tensor = t;
        if (!batch.get().isPerSample(t)) {
          once.add(one.tensor(t).role());
        }
        assertArrayEquals(
            batch.get().isPerSample(t)
                ? joined(alone.stream().map(e -> e[tensor]).toList())
                : alone.getFirst()[t],
            together[t],
            "seed " + seed + " tensor " + t);
        assertEquals(one.interval(t), checked.interval(t), "seed " + seed + " tensor " + t);
      }
    }
    assertTrue(batched > RANDOM_CIRCUITS / 3, batched + " circuits are few");
    assertTrue(once.contains(Role.MODEL), "no model");
  }

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void aBatchIsProvedAndNothingElse(SmallCircuits kind) throws Exception {
    CircuitBuilder builder = kind.build(1);
    CheckedCircuit one = CircuitCheck.check(builder.circuit());
    int count = 3;
    if (batch(one, count).isEmpty()) {
      return;
    }
    List<Map<Integer, int[]>> samples = samples(one, builder, count, 7);
    Path code = directory.resolve("code");
    try (ProvingKey key =
        ProvingKey.generate(one, new SmallModel(one.circuit(), builder.given()), code, 1)) {
      List<Witness> alone = witnesses(one, samples);
      List<Statement> statements =
          alone.stream().map(w -> Prover.statement(key.verifierKey(), w)).toList();
      Witness witness = BatchedWitness.of(key, alone);
      ProvingKey batch = key.batch(count);
      Statement statement = Prover.statement(batch.verifierKey(), witness);
      byte[] proof = Prover.proveConsuming(batch, witness, CONTEXT, ProverOptions.quiet());
      ProofFile file =
          ProofFile.decode(new ProofFile(statement, count, proof).encode(), key.verifierKey());
      Verifier.verify(key.verifierKey(), file, CONTEXT);
      for (int k = 0; k < count; k++) {
        Statement sample = file.sample(key.verifierKey(), k);
        same(statements.get(k).inputs(), sample.inputs());
        same(statements.get(k).outputs(), sample.outputs());
      }
      refused(key, new ProofFile(file.statement(), proof));
      refused(key, new ProofFile(file.statement(), count - 1, proof));
      refused(key, new ProofFile(file.statement(), count + 1, proof));
      for (List<int[]> part : List.of(statement.inputs(), statement.outputs())) {
        for (int[] elements : part) {
          for (int at : new int[] {0, elements.length - 1}) {
            int before = elements[at];
            elements[at] = before > 0 ? before - 1 : before + 1;
            refused(key, new ProofFile(statement, count, proof));
            elements[at] = before;
          }
        }
      }
      // Exchanged samples are another statement, unless they are alike.
      List<Map<Integer, int[]>> exchanged = List.of(samples.get(1), samples.get(0), samples.get(2));
      Statement other =
          Prover.statement(batch.verifierKey(), BatchedWitness.of(key, witnesses(one, exchanged)));
      refused(key, new ProofFile(other, count, proof));
    }
  }

  private static List<Witness> witnesses(CheckedCircuit one, List<Map<Integer, int[]>> samples) {
    return new ArrayList<>(
        samples.stream().map(s -> WeakProof.witness(CircuitEvaluator.evaluate(one, s))).toList());
  }

  private static void same(List<int[]> expected, List<int[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int k = 0; k < expected.size(); k++) {
      assertArrayEquals(expected.get(k), actual.get(k));
    }
  }

  private static void refused(ProvingKey key, ProofFile file) {
    assertThrows(
        VerificationFailure.class, () -> Verifier.verify(key.verifierKey(), file, CONTEXT));
  }

  @Test
  void numbersOfSamplesThatAreNone() {
    CheckedCircuit one = CircuitCheck.check(SmallCircuits.values()[0].build(1).circuit());
    for (int samples : new int[] {Integer.MIN_VALUE, -1, 0, 1, BatchedCircuit.MOST_SAMPLES + 1}) {
      assertThrows(InvalidCircuit.class, () -> BatchedCircuit.of(one, samples));
    }
    Circuit largest = BatchedCircuit.of(one, BatchedCircuit.MOST_SAMPLES).circuit();
    assertEquals(
        BatchedCircuit.MOST_SAMPLES, largest.tensors().get(largest.inputs().getFirst()).extent(0));
  }
}
