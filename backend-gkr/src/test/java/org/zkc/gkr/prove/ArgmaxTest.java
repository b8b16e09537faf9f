package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.ViewStep;

/**
 * The index of a largest element, made as the compiler makes it: a maximum, where it is attained,
 * and the maximum of numbers that fall with the index. Provers that put out another index adapt
 * everything else to it.
 */
class ArgmaxTest {
  @TempDir Path directory;

  /** n - index of the first largest of four elements, of so many bits. */
  private static final class Index {
    final CircuitBuilder b = new CircuitBuilder(5);
    final int x;
    final int max;
    final int attained;
    final int fromEnd;

    Index(int bits, int... elements) {
      int most = (1 << bits) - 1;
      x = b.input(0, most, 1, 4);
      System.arraycopy(elements, 0, b.given().get(x), 0, 4);
      max = b.max(bits, at(x, 0), at(x, 1), at(x, 2), at(x, 3));
      int below =
          b.affine(
              List.of(1, 4),
              List.of(
                  CircuitBuilder.term(max, 1, new ViewStep.Window(1, 4, 0, 1, 0, 1)),
                  CircuitBuilder.term(x, -1)));
      int[] entries = new int[2 * most + 1];
      for (int d = -most; d <= most; d++) {
        entries[d + most] = d <= 0 ? 1 : 0;
      }
      attained = b.requantize(below, 0, 0, b.table(new Table.Entries(-most, entries)));
      int numbers = b.model(0, 4, 1, 4);
      b.setModel(numbers, j -> 4 - j);
      int product = b.product(attained, numbers);
      fromEnd = b.max(3, at(product, 0), at(product, 1), at(product, 2), at(product, 3));
      b.output(b.affine(List.of(1, 1), List.of(CircuitBuilder.term(fromEnd, 1))));
    }

    private int at(int tensor, int index) {
      return b.view(tensor, new ViewStep.Window(1, 1, 1, 1, index, 1));
    }
  }

  private static void rejected(WeakProof weak, int tensor, int... elements) {
    int[][] forged = weak.withTensor(tensor, elements);
    assertNotNull(weak.rejection(forged, new ForgedValues(weak, forged)));
  }

  @Test
  void theLowestIndexWinsTies() throws Exception {
    Index index = new Index(8, 3, 200, 200, 7);
    try (WeakProof weak = new WeakProof(index.b, directory)) {
      assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
      assertEquals(3, weak.honest[index.fromEnd][0]);
      // The other one of the tie: the first is said not to be the maximum.
      rejected(weak, index.attained, 0, 0, 1, 0);
      // Any other index, with or without the places that lead to it.
      rejected(weak, index.attained, 1, 1, 1, 0);
      for (int other : new int[] {0, 1, 2, 4}) {
        rejected(weak, index.fromEnd, other);
      }
      // A maximum that is not attained, and so no index at all.
      rejected(weak, index.max, 201);
      rejected(weak, index.max, 7);
    }
  }

  /** Differences in limbs, which a wrong maximum cannot leave. */
  @Test
  void maximaOfWideIntegers() throws Exception {
    CircuitBuilder b = new CircuitBuilder(6);
    int x = b.input(-50_000_000, 60_000_000, 2, 3);
    int y = b.input(-50_000_000, 60_000_000, 2, 3);
    int m = b.max(27, x, y);
    b.output(b.affine(List.of(2, 3), List.of(CircuitBuilder.term(m, 1))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
      for (int at = 0; at < 6; at++) {
        int[] lower = weak.honest[m].clone();
        lower[at] = Math.min(weak.honest[x][at], weak.honest[y][at]);
        int[][] forged = weak.withTensor(m, lower);
        String why = weak.rejection(forged, new ForgedValues(weak, forged));
        assertNotNull(why);
        assertTrue(why.contains("lookup"), why);
        int[] higher = weak.honest[m].clone();
        higher[at]++;
        forged = weak.withTensor(m, higher);
        why = weak.rejection(forged, new ForgedValues(weak, forged));
        assertNotNull(why);
        assertTrue(why.contains("Max"), why);
      }
    }
  }
}
