package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuitBuilder;
import org.zkc.gkr.layered.LayeredStatement;
import org.zkc.gkr.layered.LayeredVerifier;
import org.zkc.gkr.layered.Wires;

/** Random circuits, numbers of copies and inputs, through prover and verifier. */
class RandomLayeredCircuitsTest {
  private static final byte[] CONTEXT = {1, 2};

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 16, 33, 130, 256})
  void everyCircuitIsProvedForItsOwnOutputsAlone(int copies) {
    for (int seed = 0; seed < 25; seed++) {
      LayeredCircuit circuit = LayeredCircuits.random(1000L * copies + seed);
      List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, seed);
      LayeredProver.Proved proved =
          LayeredProver.prove(circuit, copies, inputs, CONTEXT, Workers.callerOnly());
      LayeredStatement statement = proved.statement();
      String where = copies + " copies, seed " + seed;
      assertMeaning(circuit, copies, inputs, statement, where);
      LayeredVerifier.verify(circuit, statement, proved.proof(), CONTEXT);

      LayeredStatement other = withOutput(statement, seed % statement.outputs().size(), copies / 2);
      assertThrows(
          VerificationFailure.class,
          () -> LayeredVerifier.verify(circuit, other, proved.proof(), CONTEXT),
          where);
    }
  }

  /** More copies than a run of the prover's tables has, in several groups, and wide registers. */
  @Test
  void manyCopies() {
    for (int seed = 0; seed < 4; seed++) {
      LayeredCircuit circuit = LayeredCircuits.random(77 + seed);
      int copies = 1000 + 333 * seed;
      List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, seed);
      LayeredProver.Proved proved =
          LayeredProver.prove(circuit, copies, inputs, CONTEXT, Workers.callerOnly());
      assertMeaning(circuit, copies, inputs, proved.statement(), "seed " + seed);
      LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), CONTEXT);
    }
  }

  /**
   * Products with a factor in common, whose other factors are registers that nothing else reads.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 300})
  void productsWithACommonFactor(int copies) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires x = b.publicInput("x", 3);
    Wires y = b.publicInput("y", 3);
    Wires z = b.committedInput("z", 3);
    Wires both = b.multiply(x, y);
    Wires rotated = b.select(b.multiply(both, z), 2, 0, 1);
    LayeredCircuit circuit =
        b.outputs(b.add(rotated, b.multiply(x, both)), b.multiply(z, both), b.multiply(z, x));
    List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, 8);
    LayeredProver.Proved proved =
        LayeredProver.prove(circuit, copies, inputs, CONTEXT, Workers.callerOnly());
    assertMeaning(circuit, copies, inputs, proved.statement(), copies + " copies");
    LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), CONTEXT);
  }

  /** Polynomials of a sum of registers that are read by it alone. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 300})
  void productsOfSums(int copies) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires x = b.publicInput("x", 3);
    Wires y = b.committedInput("y", 3);
    Wires z = b.committedInput("z", 3);
    Wires sum = b.sum(new long[] {1, 1, 1}, x, y, z);
    Wires square = b.multiply(sum, sum);
    LayeredCircuit circuit =
        b.outputs(b.add(b.multiply(square, sum), y), b.select(b.multiply(sum, square), 2, 2, 1));
    List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, 6);
    LayeredProver.Proved proved =
        LayeredProver.prove(circuit, copies, inputs, CONTEXT, Workers.callerOnly());
    assertMeaning(circuit, copies, inputs, proved.statement(), copies + " copies");
    LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), CONTEXT);
  }

  @Test
  void threadsDoNotChangeTheProof() {
    for (int seed = 3; seed < 6; seed++) {
      LayeredCircuit circuit = LayeredCircuits.random(seed);
      // The last has more tiles than a thread.
      int copies = seed < 5 ? 70 : 5000;
      List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, seed);
      byte[] one =
          LayeredProver.prove(circuit, copies, inputs, CONTEXT, Workers.callerOnly()).proof();
      try (Workers workers = Workers.of(3)) {
        assertArrayEquals(
            one, LayeredProver.prove(circuit, copies, inputs, CONTEXT, workers).proof());
      }
    }
  }

  private static void assertMeaning(
      LayeredCircuit circuit,
      int copies,
      List<int[]> inputs,
      LayeredStatement statement,
      String where) {
    for (int c = 0; c < copies; c++) {
      ArrayList<int[]> own = new ArrayList<>();
      for (int[] register : inputs) {
        own.add(copy(register, copies, c));
      }
      List<int[]> expected = CircuitMeaning.outputs(circuit, own);
      for (int r = 0; r < expected.size(); r++) {
        assertArrayEquals(
            expected.get(r), copy(statement.outputs().get(r), copies, c), where + ", copy " + c);
      }
    }
  }

  private static int[] copy(int[] register, int copies, int copy) {
    int width = register.length / copies;
    return Arrays.copyOfRange(register, copy * width, (copy + 1) * width);
  }

  private static LayeredStatement withOutput(LayeredStatement statement, int register, int copy) {
    ArrayList<int[]> outputs = new ArrayList<>(statement.outputs());
    int[] changed = outputs.get(register).clone();
    int at = copy * (changed.length / statement.copies());
    changed[at] = M31.add(changed[at], 1);
    outputs.set(register, changed);
    return new LayeredStatement(statement.copies(), statement.inputs(), outputs);
  }
}
