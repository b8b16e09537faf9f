package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;

/**
 * Errors whose extension vanishes at a point that could be known before: (t, t - 1) on two elements
 * has the extension (1 - r) t + r (t - 1), which is 0 at r = t. Everything follows from the error;
 * only a point drawn after it sees it.
 */
class KnownPointTest {
  @TempDir Path directory;

  @Test
  void outputsThatAreRightAtAKnownPoint() throws Exception {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-50, 50, 2);
    int y = b.affine(List.of(2), List.of(CircuitBuilder.term(x, 2)));
    b.given().get(x)[0] = 1;
    b.given().get(x)[1] = -1;
    try (WeakProof weak = new WeakProof(b.output(y), directory)) {
      assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
      for (int t = -20; t <= 20; t++) {
        int[][] elements = weak.honest.clone();
        elements[y] = new int[] {weak.honest[y][0] + t, weak.honest[y][1] + t - 1};
        byte[] proof = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
        assertNotNull(weak.rejection(weak.statement(elements), proof), "point " + t);
      }
    }
  }

  @Test
  void productsThatAreZeroAtAKnownPoint() throws Exception {
    for (int t = 2; t < 12; t++) {
      CircuitBuilder b = new CircuitBuilder(2);
      int x = b.input(0, 15, 2);
      int y = b.input(0, 15, 2);
      b.given().put(x, new int[] {0, 0});
      b.given().put(y, new int[] {t - 1, t - 2});
      int m = b.max(4, x, y);
      b.output(b.affine(List.of(2), List.of(CircuitBuilder.term(m, 1))));
      try (WeakProof weak = new WeakProof(b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
        // Differences (t, t - 1) and (1, 1), all in their range.
        int[][] elements = weak.withTensor(m, new int[] {t, t - 1});
        byte[] proof = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
        String why = weak.rejection(weak.statement(elements), proof);
        assertNotNull(why, "point " + t);
        assertTrue(why.contains("Max ending"), why);
      }
    }
  }
}
