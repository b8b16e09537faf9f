package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.relation.ConstraintSystem;

/** One witness for every input, at rounding ties, equal maxima and the ends of every interval. */
class TiesAndExtremesTest {
  @TempDir Path directory;

  private static int[] with(int[] elements, int at, int value) {
    int[] out = elements.clone();
    out[at] = value;
    return out;
  }

  /** Asserts that {@code value} at {@code at} of {@code tensor} is rejected, and at which step. */
  private static void rejected(WeakProof weak, int tensor, int at, int value, String step) {
    int[][] elements = weak.withTensor(tensor, with(weak.honest[tensor], at, value));
    String why = weak.rejection(elements, new ForgedValues(weak, elements));
    String what = "element " + at + ": " + value + " for " + weak.honest[tensor][at];
    assertNotNull(why, what + " was accepted");
    assertTrue(why.startsWith(step), what + ": " + why);
  }

  private static void accepted(WeakProof weak) {
    assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
  }

  @Test
  void halvesAreRoundedUp() throws Exception {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-40, 40, 1, 6);
    System.arraycopy(new int[] {4, -4, 12, -12, 3, -5}, 0, b.given().get(x), 0, 6);
    int y = b.requantize(x, 3, 1, -5, 5);
    b.output(b.affine(List.of(1, 6), List.of(CircuitBuilder.term(y, 7))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      accepted(weak);
      assertEquals("[1, 0, 2, -1, 0, -1]", Arrays.toString(weak.honest[y]));
      for (int k = 0; k < 6; k++) {
        rejected(weak, y, k, weak.honest[y][k] - 1, "lookup");
        rejected(weak, y, k, weak.honest[y][k] + 1, "lookup");
      }
    }
  }

  @Test
  void theOtherQuotientAtATieNeedsARemainderOutsideItsRange() throws Exception {
    // 12 + 4 = 2 * 8 + 0 = 1 * 8 + 8: everything is consistent but the remainder 8 of three bits.
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-40, 40, 1, 2);
    Arrays.fill(b.given().get(x), 12);
    int y = b.requantize(x, 3, 1, -5, 5);
    b.output(b.affine(List.of(1, 2), List.of(CircuitBuilder.term(y, 7))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int limb = 0;
      while (!system.tensor(limb).name().contains("remainder limb")) {
        limb++;
      }
      int[][] elements = weak.withTensor(y, new int[] {1, 2});
      ForgedValues values = new ForgedValues(weak, elements).forge(limb, new int[] {8, 0});
      String why = weak.rejection(elements, values);
      assertNotNull(why);
      assertTrue(why.startsWith("lookup tables layer 0"), why);
    }
  }

  @Test
  void softmaxQuotientsAtATie() throws Exception {
    // 2^4 n / d exactly halfway: 16 * 3 / 32 = 1.5, 16 * 1 / 32 = 0.5; and the ends 0 and d / d.
    CircuitBuilder b = new CircuitBuilder(2);
    int n = b.input(0, 32, 1, 4);
    int d = b.input(32, 40, 1, 4);
    System.arraycopy(new int[] {3, 1, 0, 32}, 0, b.given().get(n), 0, 4);
    Arrays.fill(b.given().get(d), 32);
    int q = b.quotient(n, d, 4);
    b.output(b.affine(List.of(1, 4), List.of(CircuitBuilder.term(q, 3))));
    try (WeakProof weak = new WeakProof(b, directory)) {
      accepted(weak);
      assertEquals("[2, 1, 0, 16]", Arrays.toString(weak.honest[q]));
      for (int k = 0; k < 4; k++) {
        for (int delta : new int[] {-1, 1}) {
          int other = weak.honest[q][k] + delta;
          if (other >= 0 && other <= 16) {
            rejected(weak, q, k, other, "lookup");
          }
        }
      }
    }
  }

  private static CircuitBuilder maximum(int[] left, int[] right) {
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-100, 100, 1, 3);
    int y = b.input(-100, 100, 1, 3);
    System.arraycopy(left, 0, b.given().get(x), 0, 3);
    System.arraycopy(right, 0, b.given().get(y), 0, 3);
    int m = b.max(8, x, y);
    return b.output(b.affine(List.of(1, 3), List.of(CircuitBuilder.term(m, 5))));
  }

  @Test
  void equalMaximaAndMaximaBelowThePaddingsZero() throws Exception {
    int m = 2;
    try (WeakProof weak =
        new WeakProof(maximum(new int[] {-7, -7, -100}, new int[] {-7, -9, -99}), directory)) {
      accepted(weak);
      assertEquals("[-7, -7, -99]", Arrays.toString(weak.honest[m]));
      for (int k = 0; k < 3; k++) {
        // 0 is what the fourth, padded element of the axis holds; every difference to it is in
        // range.
        rejected(weak, m, k, 0, "relation 0 Max");
        rejected(weak, m, k, weak.honest[m][k] + 1, "relation 0 Max");
      }
      rejected(weak, m, 0, -8, "lookup");
      rejected(weak, m, 1, -9, "lookup");
    }
  }

  @Test
  void theEndsOfAllIntervals() throws Exception {
    // The accumulator reaches both ends of (-2^30, 2^30) as nearly as the check lets it.
    int extent = 6;
    int weight = 32767;
    int most = (int) (((1L << 30) - 1) / ((long) extent * weight));
    for (int sign : new int[] {1, -1}) {
      CircuitBuilder b = new CircuitBuilder(4);
      int x = b.input(-most, most, 1, extent);
      int w = b.model(-weight, weight, 2, extent);
      Arrays.fill(b.given().get(x), sign * most);
      b.setModel(w, k -> weight);
      int acc = b.matMul(x, w);
      int y = b.requantize(acc, 16, 2, -1 << 13, 1 << 13);
      b.output(b.affine(List.of(1, 2), List.of(CircuitBuilder.term(y, 3))));
      try (WeakProof weak = new WeakProof(b, directory)) {
        accepted(weak);
        assertEquals(sign * extent * weight * most, weak.honest[acc][0]);
        assertTrue(Math.abs(weak.honest[acc][0]) > (1 << 30) - (1 << 17), "near the end");
        Requantize r = (Requantize) weak.circuit.circuit().relations().get(1);
        Table table = weak.circuit.circuit().tables().get(r.table());
        for (int k = 0; k < 2; k++) {
          assertEquals(
              1,
              names(table, r.shift(), weak.honest[acc][k]),
              "rows that name one accumulator mod p");
          rejected(
              weak,
              y,
              k,
              weak.honest[y][k] > 0 ? weak.honest[y][k] - 1 : weak.honest[y][k] + 1,
              "lookup");
          // After one turn around p the accumulator would saturate at the other end.
          assertEquals(sign << 13, weak.honest[y][k]);
          rejected(weak, y, k, -sign << 13, "lookup");
        }
      }
    }
  }

  /**
   * The rows h of a table for which some remainder r in [0, 2^s) has 2^s h + r = acc + half mod p.
   */
  private static int names(Table table, int shift, int acc) {
    int found = 0;
    int target = M31.fromSigned(acc + (1L << shift - 1));
    for (int k = 0; k < table.size(); k++) {
      int remainder = M31.sub(target, M31.fromSigned(table.first() + k << shift));
      if (remainder < 1 << shift) {
        found++;
      }
    }
    return found;
  }
}
