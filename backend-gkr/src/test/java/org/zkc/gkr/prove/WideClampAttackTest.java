package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Table;

/**
 * Provers that adapt everything else to a wrong excess of a column, x - 2^t T(x), whose clamp's
 * table is shorter than what x reaches.
 */
class WideClampAttackTest {
  @TempDir Path directory;

  // Inputs of 12 bits, cut to [-5, 5] in steps of 16: by upper parts in [-1, 1] of 64 each.
  private static final class Clamp {
    final CircuitBuilder b = new CircuitBuilder(31);
    final int x = b.input(-2000, 2000, 2, 8);
    final int excess;
    final int left;
    final int out;

    Clamp() {
      excess = b.requantize(x, 6, 1, b.table(new Table.Excess(-31, 2 * 31 + 1, -2, 2)));
      left =
          b.affine(
              List.of(2, 8), List.of(CircuitBuilder.term(x, 1), CircuitBuilder.term(excess, -64)));
      out = b.requantize(left, 4, 1, -5, 5);
      b.output(out);
    }
  }

  /** An excess that is another row's, of a neighbour and of one far away. */
  @Test
  void excessOfAnotherRow() throws Exception {
    Clamp c = new Clamp();
    try (WeakProof weak = new WeakProof(c.b, directory)) {
      assertNull(weak.rejection(weak.honest, new ForgedValues(weak, weak.honest)));
      for (int delta : new int[] {1, -1, 7, -7}) {
        int[] wrong = weak.honest[c.excess].clone();
        wrong[3] += delta;
        int[][] elements = weak.withTensor(c.excess, wrong);
        String why = weak.rejection(elements, new ForgedValues(weak, elements));
        assertNotNull(why);
        assertTrue(why.startsWith("lookup tables layer 0"), why);
      }
    }
  }

  /** The clamp's result of what is left, one off. */
  @Test
  void anotherResult() throws Exception {
    Clamp c = new Clamp();
    try (WeakProof weak = new WeakProof(c.b, directory)) {
      int[] wrong = weak.honest[c.out].clone();
      wrong[5] += wrong[5] > 0 ? -1 : 1;
      int[][] elements = weak.withTensor(c.out, wrong);
      String why = weak.rejection(elements, new ForgedValues(weak, elements));
      assertNotNull(why);
      assertTrue(why.startsWith("lookup tables layer 0"), why);
    }
  }
}
