package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.KeccakF1600;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredCircuitBuilder;
import org.zkc.gkr.layered.Wires;

/** Layers carried out on patterns give the residues that the program gives copy by copy. */
class BitValuesTest {
  private static List<int[]> inputs(LayeredCircuit circuit, int copies, int low, int high) {
    Random bits = new Random(copies);
    List<int[]> out = new ArrayList<>();
    for (LayeredCircuit.Input input : circuit.inputs()) {
      out.add(
          bits.ints((long) copies * input.width(), 0, 2).map(b -> b == 0 ? low : high).toArray());
    }
    return out;
  }

  /** The layers whose registers all have patterns. */
  private static int compare(LayeredCircuit circuit, int copies, int low, int high, String where) {
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<int[]> inputs = inputs(circuit, copies, low, high);
    int used = 0;
    try (Workers three = Workers.of(3)) {
      List<List<Register>> values = prover.values(inputs, three);
      List<Register> plain =
          values.getFirst().stream().map(r -> Register.of(r.residues())).toList();
      for (int k = 0; k < circuit.layers().size(); k++) {
        plain =
            LayerValues.of(circuit.layers().get(k), prover.order(), plain, Workers.callerOnly());
        List<Register> bits = values.get(k + 1);
        assertEquals(plain.size(), bits.size());
        boolean all = true;
        for (int r = 0; r < plain.size(); r++) {
          assertNull(plain.get(r).patterns());
          all &= bits.get(r).patterns() != null;
          assertArrayEquals(
              plain.get(r).residues(),
              bits.get(r).residues(),
              where + ", layer " + k + ", register " + r);
        }
        used += all ? 1 : 0;
      }
    }
    return used;
  }

  @ParameterizedTest
  @CsvSource({"256, 0, 1", "512, 2147483646, 1", "256, 5, 1000000007"})
  void randomCircuits(int copies, int low, int high) {
    int used = 0;
    for (int seed = 0; seed < 200; seed++) {
      used += compare(LayeredCircuits.random(seed), copies, low, high, "seed " + seed);
    }
    assertTrue(used >= 5, used + " layers have two residues");
  }

  @Test
  void everyLayerOfKeccak() {
    LayeredCircuit circuit = KeccakF1600.circuit(Visibility.PUBLIC);
    assertEquals(circuit.layers().size(), compare(circuit, 256, 1, M31.P - 1, "Keccak"));
  }

  /** Every boolean function of up to three bits, as the polynomial of degree 1 in each bit. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyFunctionOfFewBits(int count) {
    for (int table = 1; table < (1 << (1 << count)) - 1; table++) {
      LayeredCircuitBuilder b = new LayeredCircuitBuilder();
      Wires[] x = new Wires[count];
      for (int k = 0; k < count; k++) {
        x[k] = b.publicInput("x" + k, 2);
      }
      Wires one = b.constants(1, 2);
      Wires sum = b.constants(0, 2);
      for (int bits = 0; bits < 1 << count; bits++) {
        if ((table >> bits & 1) != 0) {
          Wires product = one;
          for (int k = 0; k < count; k++) {
            Wires factor = (bits >> k & 1) != 0 ? x[k] : b.subtract(one, x[k]);
            product = b.multiply(product, factor);
          }
          sum = b.add(sum, product);
        }
      }
      // A sum of the residues 3 and 8, and the same wires in another order.
      Wires out = b.sum(new long[] {5, 3}, sum, one);
      LayeredCircuit circuit = b.outputs(out, b.select(out, 1, 0, 0));
      assertEquals(1, compare(circuit, 256, 0, 1, "table " + table));
    }
  }

  /** More signs multiplied than one table is made for, and a layer that is not of bits alone. */
  @Test
  void manyBits() {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires product = b.constants(1, 3);
    for (int k = 0; k < 7; k++) {
      Wires x = b.committedInput("x" + k, 3);
      product = b.multiply(product, x);
    }
    LayeredCircuit signs = b.outputs(product, b.scale(-1, product));
    assertEquals(1, compare(signs, 256, 1, M31.P - 1, "signs"));
    // A layer is on patterns as a whole or not at all.
    LayeredCircuitBuilder c = new LayeredCircuitBuilder();
    Wires x = c.committedInput("x", 3);
    Wires y = c.committedInput("y", 3);
    LayeredCircuit both = c.outputs(c.multiply(x, y), c.add(x, y));
    assertEquals(0, compare(both, 256, 1, M31.P - 1, "a third residue"));
  }

  @Test
  void patternsAreThoseOfTwoResiduesAlone() {
    CopyOrder order = new CopyOrder(4, 16);
    Workers one = Workers.callerOnly();
    int[] same = new int[64];
    assertNull(Register.of(same, order, one).patterns());
    int[] two = new int[64];
    two[37] = 9;
    Register.Patterns patterns = Register.of(two, order, one).patterns();
    assertNotNull(patterns);
    assertEquals(4, patterns.of()[5]);
    assertArrayEquals(two, Register.of(patterns).residues());
    two[3] = 1;
    assertNull(Register.of(two, order, one).patterns());
    assertNull(Register.of(patterns.of(), new CopyOrder(16, 1), one).patterns());
  }
}
