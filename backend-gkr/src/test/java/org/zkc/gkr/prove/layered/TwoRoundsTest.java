package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.KeccakF1600;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredCircuitBuilder;
import org.zkc.gkr.layered.Wires;

/** Two rounds by classes are those by tiles, message by message. */
class TwoRoundsTest {
  private final RandomElements random = new RandomElements(3);

  private static List<int[]> inputs(LayeredCircuit circuit, int copies, int low, int high) {
    Random bits = new Random(copies);
    List<int[]> out = new ArrayList<>();
    for (LayeredCircuit.Input input : circuit.inputs()) {
      out.add(
          bits.ints((long) copies * input.width(), 0, 2).map(b -> b == 0 ? low : high).toArray());
    }
    return out;
  }

  /** Whether the layer begins with two rounds by classes; the sumcheck is the same either way. */
  private boolean compare(LayeredProver prover, Layer layer, List<Register> below, String where) {
    ExtVector weights = random.vector(layer.width());
    Ext[] z = random.elements(Integer.numberOfTrailingZeros(prover.order().copies()));
    TwoRounds.Known known = new TwoRounds.Known();
    try (Workers three = Workers.of(3)) {
      LayerProgramTables bits = tables(prover, layer, weights, z, below, known, three);
      List<Register> residues = below.stream().map(r -> Register.of(r.residues())).toList();
      LayerProgramTables tiles =
          tables(prover, layer, weights, z, residues, null, Workers.callerOnly());
      Ext[] point = random.elements(z.length);
      for (int j = 0; j < z.length; j++) {
        assertArrayEquals(tiles.message(), bits.message(), where + ", round " + j);
        tiles.bind(point[j]);
        bits.bind(point[j]);
      }
      ExtVector expected = tiles.ends(point);
      ExtVector ends = bits.ends(point);
      for (int k = 0; k < expected.length(); k++) {
        assertEquals(expected.get(k), ends.get(k), where + ", wire " + k);
      }
    }
    return begins(prover, layer, weights, z, below) != null;
  }

  private static @Nullable TwoRounds begins(
      LayeredProver prover, Layer layer, ExtVector weights, Ext[] z, List<Register> below) {
    LayerPlan plan = new LayerPlan(layer, weights);
    return TwoRounds.of(
        layer, plan, prover.order(), below, z, new TwoRounds.Known(), Workers.callerOnly());
  }

  private static LayerProgramTables tables(
      LayeredProver prover,
      Layer layer,
      ExtVector weights,
      Ext[] z,
      List<Register> below,
      TwoRounds.@Nullable Known known,
      Workers workers) {
    return new LayerProgramTables(layer, weights, z, prover.order(), below, known, workers);
  }

  @ParameterizedTest
  @CsvSource({"256, 0, 1", "256, 2147483646, 1", "512, 5, 1000000007", "512, 1, 0", "1024, 6, 7"})
  void randomLayers(int copies, int low, int high) {
    int used = 0;
    for (int seed = 0; seed < 60; seed++) {
      LayeredCircuit circuit = LayeredCircuits.random(seed);
      LayeredProver prover = LayeredProver.of(circuit, copies);
      List<Register> below =
          prover.values(inputs(circuit, copies, low, high), Workers.callerOnly()).getFirst();
      used += compare(prover, circuit.layers().getFirst(), below, "seed " + seed) ? 1 : 0;
    }
    assertTrue(used >= 5, used + " layers of 60 have few registers and choose no wires");
  }

  /** A polynomial of sums of registers that nothing else reads, beside products of others. */
  @ParameterizedTest
  @CsvSource({
    "2, 0, 1, true",
    "3, 2147483646, 1, true",
    "5, 2147483646, 1, true",
    "7, 3, 4, true",
    "8, 0, 1, false"
  })
  void sumsOfRegisters(int addends, int low, int high, boolean byClasses) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires[] terms = new Wires[addends];
    for (int k = 0; k < addends; k++) {
      terms[k] = b.committedInput("x" + k, 3);
    }
    long[] ones = new long[addends];
    Arrays.fill(ones, 1);
    Wires sum = b.sum(ones, terms);
    Wires y = b.publicInput("y", 3);
    Wires cube = b.multiply(sum, b.multiply(sum, sum));
    // Combinations of sums of many with other registers are too many.
    Wires other = addends > 3 ? y : b.multiply(b.add(sum, b.constants(7, 3)), y);
    LayeredCircuit circuit = b.outputs(b.add(cube, terms[1]), other, b.select(cube, 2, 0));
    int copies = 256;
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<Register> below =
        prover.values(inputs(circuit, copies, low, high), Workers.callerOnly()).getFirst();
    Layer layer = circuit.layers().getFirst();
    assertEquals(byClasses, compare(prover, layer, below, addends + " registers"));
    LayerPlan plan = new LayerPlan(layer, random.vector(layer.width()));
    assertEquals(layer.below().size() + 1, plan.slots());
    assertEquals(addends, plan.registers(plan.slots() - 1).size());
  }

  /** A register that is read beside a sum, or twice by it, is a leaf of its own. */
  @Test
  void sumsThatShareRegisters() {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires x = b.committedInput("x", 3);
    Wires y = b.committedInput("y", 3);
    Wires z = b.committedInput("z", 3);
    Wires u = b.committedInput("u", 3);
    Wires first = b.add(x, y);
    Wires second = b.add(y, z);
    Wires third = b.sum(new long[] {1, 1}, u, u);
    LayeredCircuit circuit = b.outputs(b.multiply(first, second), b.multiply(third, third));
    int copies = 256;
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<Register> below =
        prover.values(inputs(circuit, copies, 5, 6), Workers.callerOnly()).getFirst();
    Layer layer = circuit.layers().getFirst();
    assertEquals(4, new LayerPlan(layer, random.vector(layer.width())).slots());
    assertTrue(compare(prover, layer, below, "shared"));
  }

  @Test
  void allLayersOfKeccak() {
    int copies = 256;
    LayeredCircuit circuit = KeccakF1600.circuit(Visibility.COMMITTED);
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<List<Register>> values =
        prover.values(inputs(circuit, copies, 1, M31.P - 1), Workers.callerOnly());
    for (int k = 0; k < 4; k++) {
      assertTrue(compare(prover, circuit.layers().get(k), values.get(k), "layer " + k));
    }
  }

  /** One other residue, wherever it stands, and the layer is worked on by tiles. */
  @Test
  void aThirdResidue() {
    int copies = 256;
    LayeredCircuit circuit = KeccakF1600.circuit(Visibility.COMMITTED);
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<Register> below =
        prover.values(inputs(circuit, copies, 1, M31.P - 1), Workers.callerOnly()).getFirst();
    Layer layer = circuit.layers().getFirst();
    ExtVector weights = random.vector(layer.width());
    Ext[] z = random.elements(8);
    assertNotNull(begins(prover, layer, weights, z, below));
    Random places = new Random(9);
    for (int k = 0; k < 20; k++) {
      int r = places.nextInt(below.size());
      int[] table = below.get(r).residues().clone();
      int at = places.nextInt(table.length);
      table[at] = k % 2 == 0 ? 0 : table[at] ^ 1 << places.nextInt(31);
      if (table[at] != 1 && table[at] != M31.P - 1) {
        List<Register> others = new ArrayList<>(below);
        others.set(r, Register.of(table, prover.order(), Workers.callerOnly()));
        assertNull(others.get(r).patterns());
        assertNull(begins(prover, layer, weights, z, others), at + ": " + table[at]);
        compare(prover, layer, others, "a third residue");
      }
    }
  }
}
