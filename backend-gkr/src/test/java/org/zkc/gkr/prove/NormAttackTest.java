package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.relation.ConstraintSystem;

/** Provers that adapt everything else to a wrong norm, reciprocal or normalised element. */
class NormAttackTest {
  @TempDir Path directory;

  // 2 x 6 inputs whose squares are summed in three groups, their norms, reciprocals and quotients.
  private static final class Norms {
    final CircuitBuilder b = new CircuitBuilder(21);
    final int x = b.input(-20000, 20000, 2, 6);
    final int norm = b.euclideanNorm(x, 12345);
    final int reciprocal = b.reciprocal(norm, 28);
    final int y = b.normalize(x, reciprocal);
    final int out = b.requantize(y, 16, 2, -4000, 4000);

    Norms() {
      b.output(out);
    }
  }

  // The same of channels with exponents, of which no other channel has 1, 2 and 9.
  private static final class Exponents {
    final CircuitBuilder b = new CircuitBuilder(22);
    final Integer[] exponents = {1, 0, 9, 2, 8, 0};
    final int x = b.input(-1800, 1800, 2, 6);
    final int norm = b.euclideanNorm(x, 12345, exponents);
    final int y = b.normalize(x, b.reciprocal(norm, 28), exponents);
    final int out = b.requantize(y, 16, 2, -4000, 4000);

    Exponents() {
      b.output(out);
    }
  }

  private static int[] with(int[] elements, int at, int value) {
    int[] out = elements.clone();
    out[at] = value;
    return out;
  }

  private static int named(ConstraintSystem system, String part) {
    return IntStream.range(0, system.tensors().size())
        .filter(t -> system.tensor(t).name().endsWith(part))
        .findFirst()
        .orElseThrow();
  }

  private static ConstraintSystem system(WeakProof weak) {
    return weak.key.verifierKey().arithmetization().system();
  }

  /** The residues of a tensor are all in [0, bound). */
  private static boolean allBelow(ForgedValues values, int tensor, int bound) {
    return IntStream.of(values.real(tensor)).allMatch(v -> v < bound);
  }

  private static void rejected(WeakProof weak, int[][] elements, ForgedValues values)
      throws Exception {
    String why = weak.rejection(elements, values);
    assertNotNull(why);
    assertTrue(why.startsWith("lookup tables layer 0"), why);
  }

  private static long radicand(int[] x, int from) {
    long v = 12345;
    for (int i = from; i < from + 6; i++) {
      v += (long) x[i] * x[i];
    }
    return v;
  }

  @Test
  void normAndReciprocalOffByOne() throws Exception {
    Norms n = new Norms();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      assertNull(weak.rejection(weak.honest, new ForgedValues(weak, weak.honest)));
      for (int tensor : new int[] {n.norm, n.reciprocal}) {
        for (int delta : new int[] {1, -1}) {
          int[] wrong = with(weak.honest[tensor], 1, weak.honest[tensor][1] + delta);
          int[][] elements = weak.withTensor(tensor, wrong);
          rejected(weak, elements, new ForgedValues(weak, elements));
        }
      }
    }
  }

  /** A root modulo p: rest and gap are in their ranges, the carry alone is not. */
  @Test
  void rootModuloTheField() throws Exception {
    Norms n = new Norms();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      long radicand = radicand(weak.honest[n.x], 0);
      int root = weak.honest[n.norm][0] + 1;
      while (Math.floorMod(radicand - (long) root * root, (long) M31.P) > 2L * root) {
        root++;
      }
      assertTrue(root < 1 << 20);
      int[][] elements = weak.honest.clone();
      elements[n.norm] = with(weak.honest[n.norm], 0, root);
      ForgedValues values = new ForgedValues(weak, elements);
      ConstraintSystem system = system(weak);
      assertTrue(allBelow(values, named(system, "EuclideanNorm rest"), 1 << 21));
      assertTrue(allBelow(values, named(system, "EuclideanNorm gap"), 1 << 21));
      rejected(weak, elements, values);
    }
  }

  /** A quotient modulo p: remainder and gap are in their ranges. */
  @Test
  void quotientModuloTheField() throws Exception {
    Norms n = new Norms();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      long x = weak.honest[n.norm][0];
      int quotient = weak.honest[n.reciprocal][0] + 1;
      while (Math.floorMod((1L << 29) + x - 2 * x * quotient, (long) M31.P) >= 2 * x) {
        quotient++;
      }
      int[][] elements = weak.honest.clone();
      elements[n.reciprocal] = with(weak.honest[n.reciprocal], 0, quotient);
      ForgedValues values = new ForgedValues(weak, elements);
      ConstraintSystem system = system(weak);
      assertTrue(allBelow(values, named(system, "Reciprocal remainder"), 1 << 21));
      assertTrue(allBelow(values, named(system, "Reciprocal gap"), 1 << 21));
      rejected(weak, elements, values);
    }
  }

  /** Limbs that name the same number, or another one, outside their ranges. */
  @Test
  void limbsOutsideTheirRanges() throws Exception {
    Norms n = new Norms();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      ConstraintSystem system = system(weak);
      for (String limb :
          new String[] {
            "EuclideanNorm result low",
            "EuclideanNorm groups limb 1",
            "EuclideanNorm groups limb 2",
            "EuclideanNorm carry limb 1",
            "EuclideanNorm remainders limb 1",
            "EuclideanNorm remainders limb 2",
            "Reciprocal source low",
            "Reciprocal result low",
            "Reciprocal result high low",
            "Reciprocal carries limb 1",
            "Reciprocal remainders limb 1",
            "Reciprocal remainders limb 2"
          }) {
        int tensor = named(system, limb);
        int[] honest = new ForgedValues(weak, weak.honest).signed(tensor);
        for (int delta : new int[] {1, -1, 1 << 10, -(1 << 10)}) {
          ForgedValues values =
              new ForgedValues(weak, weak.honest).forge(tensor, with(honest, 0, honest[0] + delta));
          rejected(weak, weak.honest, values);
        }
      }
    }
  }

  @Test
  void limbsOfRaisedChannelsOutsideTheirRanges() throws Exception {
    Exponents n = new Exponents();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      assertNull(weak.rejection(weak.honest, new ForgedValues(weak, weak.honest)));
      ConstraintSystem system = system(weak);
      for (String limb :
          new String[] {
            "EuclideanNorm groups limb 1",
            "EuclideanNorm groups limb 2",
            "EuclideanNorm exponent 1 groups limb 1",
            "EuclideanNorm exponent 1 groups limb 2",
            "EuclideanNorm exponent 1 groups limb 3",
            "EuclideanNorm exponent 2 groups limb 1",
            "EuclideanNorm exponent 8 groups limb 1",
            "EuclideanNorm exponent 8 groups limb 2",
            "EuclideanNorm exponent 9 groups limb 1",
            "EuclideanNorm exponent 9 groups limb 3"
          }) {
        int tensor = named(system, limb);
        int[] honest = new ForgedValues(weak, weak.honest).signed(tensor);
        for (int delta : new int[] {1, -1, 1 << 10, -(1 << 10)}) {
          ForgedValues values =
              new ForgedValues(weak, weak.honest).forge(tensor, with(honest, 0, honest[0] + delta));
          rejected(weak, weak.honest, values);
        }
      }
    }
  }

  /** Norms that leave out a power of two, or take it twice. */
  @Test
  void normsOfOtherExponents() throws Exception {
    Exponents n = new Exponents();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      int[] x = weak.honest[n.x];
      for (int channel = 0; channel < 6; channel++) {
        for (int factor : new int[] {0, 2}) {
          double radicand = 12345;
          for (int i = 0; i < 6; i++) {
            int exponent = n.exponents[i] * (i == channel ? factor : 1);
            radicand += Math.pow(Math.scalb((double) x[i], exponent), 2);
          }
          int wrong = (int) Math.sqrt(radicand);
          if (wrong != weak.honest[n.norm][0] && wrong < 1 << 20) {
            int[][] elements = weak.withTensor(n.norm, with(weak.honest[n.norm], 0, wrong));
            rejected(weak, elements, new ForgedValues(weak, elements));
          }
        }
      }
    }
  }

  /** A root modulo p, its radicand that of raised channels too. */
  @Test
  void raisedRootModuloTheField() throws Exception {
    Exponents n = new Exponents();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      long radicand = 12345;
      for (int i = 0; i < 6; i++) {
        long element = (long) weak.honest[n.x][i] << n.exponents[i];
        radicand += element * element;
      }
      int root = weak.honest[n.norm][0] + 1;
      while (Math.floorMod(radicand - (long) root * root, (long) M31.P) > 2L * root) {
        root++;
      }
      assertTrue(root < 1 << 20);
      int[][] elements = weak.honest.clone();
      elements[n.norm] = with(weak.honest[n.norm], 0, root);
      ForgedValues values = new ForgedValues(weak, elements);
      ConstraintSystem system = system(weak);
      assertTrue(allBelow(values, named(system, "EuclideanNorm rest"), 1 << 21));
      assertTrue(allBelow(values, named(system, "EuclideanNorm gap"), 1 << 21));
      rejected(weak, elements, values);
    }
  }

  @Test
  void wrongNormalisedElement() throws Exception {
    Norms n = new Norms();
    try (WeakProof weak = new WeakProof(n.b, directory)) {
      int[][] elements = weak.honest.clone();
      elements[n.y] = with(weak.honest[n.y], 3, weak.honest[n.y][3] - (1 << 17));
      elements[n.out] = with(weak.honest[n.out], 3, weak.honest[n.out][3] - 2);
      String why = weak.rejection(elements, new ForgedValues(weak, elements));
      assertNotNull(why);
      assertTrue(why.contains("Normalize"), why);
    }
  }
}
