package org.zkc.gkr.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Kernels;

class CircleCodeTest {
  private final RandomElements random = new RandomElements(17);

  private static int[] encode(CircleCode code, int[] message) {
    int[] out = new int[code.length()];
    code.encode(message, 0, message.length, out, 0);
    return out;
  }

  @Test
  void theGeneratorHasOrderTwoToThe31() {
    CirclePoint g = CirclePoint.GENERATOR;
    assertEquals(1, M31.add(M31.mul(g.x(), g.x()), M31.mul(g.y(), g.y())));
    assertEquals(new CirclePoint(M31.P - 1, 0), g.times(1L << 30));
    assertEquals(CirclePoint.IDENTITY, g.times(1L << 31));
  }

  @Test
  void theDomainIsAStandardPositionCoset() {
    for (int logSize = 3; logSize <= 8; logSize++) {
      CircleDomain domain = CircleDomain.of(logSize);
      Set<CirclePoint> points = new HashSet<>();
      for (int k = 0; k < domain.size(); k++) {
        CirclePoint point = domain.point(k);
        points.add(point);
        assertEquals(
            new CirclePoint(M31.P - 1, 0),
            point.times(domain.size()),
            "odd multiples of a point of order 2N");
      }
      assertEquals(domain.size(), points.size());
    }
  }

  @Test
  void encodingEvaluatesTheBasisDirectly() {
    for (int k = 2; k <= 64; k *= 2) {
      CircleCode code = CircleCode.ofDimension(k);
      for (int length : new int[] {k, k / 2 + 1}) {
        int[] message = random.residues(length);
        int[] codeword = encode(code, message);
        for (int position = 0; position < code.length(); position++) {
          int value = 0;
          for (int j = 0; j < length; j++) {
            value = M31.add(value, M31.mul(message[j], basisAt(code, j, position)));
          }
          assertEquals(
              value, codeword[position], random.seed() + ", k " + k + ", position " + position);
        }
      }
    }
  }

  @Test
  void encodingIsLinearOverTheExtension() {
    CircleCode code = CircleCode.ofDimension(128);
    ExtVector a = random.vector(128);
    ExtVector b = random.vector(128);
    Ext c = random.element();
    ExtVector combined = a.copy();
    Kernels.best().addScaled(combined, c, b);
    ExtVector expected = code.encode(a);
    Kernels.best().addScaled(expected, c, code.encode(b));
    assertArrayEquals(expected.toArray(), code.encode(combined).toArray(), () -> random.seed());
  }

  @Test
  void nonzeroCodewordsOfTheSmallestCodesHaveTheirDistance() {
    // A function with the most zeros on the domain: k - 1 linear conditions on k coefficients.
    for (int k = 2; k <= 32; k *= 2) {
      CircleCode code = CircleCode.ofDimension(k);
      int[] message = vanishingOn(code, k - 1);
      int weight = 0;
      for (int symbol : encode(code, message)) {
        weight += symbol != 0 ? 1 : 0;
      }
      assertTrue(weight >= code.length() - k, "k " + k + ": weight " + weight);
      assertTrue(
          weight <= code.length() - k + 1,
          "k " + k + ": the zeros asked for are there, weight " + weight);
    }
  }

  // The value at a domain position of the basis function with index j.
  private static int basisAt(CircleCode code, int j, int position) {
    CircleDomain domain = CircleDomain.of(Integer.numberOfTrailingZeros(code.length()));
    CirclePoint point = domain.point(position);
    int value = (j & 1) != 0 ? point.y() : 1;
    int x = point.x();
    for (int rest = j >>> 1; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        value = M31.mul(value, x);
      }
      x = M31.sub(M31.mul(2, M31.mul(x, x)), 1);
    }
    return value;
  }

  // Coefficients, not all zero, of a function that vanishes on positions 0 .. zeros - 1, by
  // elimination.
  private static int[] vanishingOn(CircleCode code, int zeros) {
    int k = code.dimension();
    int[][] rows = new int[zeros][k];
    for (int p = 0; p < zeros; p++) {
      for (int j = 0; j < k; j++) {
        rows[p][j] = basisAt(code, j, p);
      }
    }
    int[] pivotColumn = new int[zeros];
    boolean[] isPivot = new boolean[k];
    int rank = 0;
    for (int column = 0; column < k && rank < zeros; column++) {
      int pivot = rank;
      while (pivot < zeros && rows[pivot][column] == 0) {
        pivot++;
      }
      if (pivot == zeros) {
        continue;
      }
      int[] swapped = rows[pivot];
      rows[pivot] = rows[rank];
      rows[rank] = swapped;
      int inverse = M31.inv(swapped[column]);
      for (int j = 0; j < k; j++) {
        swapped[j] = M31.mul(swapped[j], inverse);
      }
      for (int p = 0; p < zeros; p++) {
        int factor = rows[p][column];
        if (p != rank && factor != 0) {
          for (int j = 0; j < k; j++) {
            rows[p][j] = M31.sub(rows[p][j], M31.mul(factor, swapped[j]));
          }
        }
      }
      pivotColumn[rank++] = column;
      isPivot[column] = true;
    }
    int free = 0;
    while (isPivot[free]) {
      free++;
    }
    int[] solution = new int[k];
    solution[free] = 1;
    for (int p = 0; p < rank; p++) {
      solution[pivotColumn[p]] = M31.neg(rows[p][free]);
    }
    return solution;
  }

  @Test
  void symbolsOfACodeword() {
    CircleCode code = CircleCode.ofDimension(32);
    ExtVector message = random.vector(32);
    ExtVector codeword = code.encode(message);
    int[] indices = {0, 5, 127, 5};
    ExtVector symbols = code.codewordAt(message, indices);
    for (int q = 0; q < indices.length; q++) {
      assertEquals(codeword.get(indices[q]), symbols.get(q));
    }
  }

  @Test
  void encodingsAreTheSameTwice() {
    CircleCode code = CircleCode.ofDimension(256);
    int[] message = random.residues(256);
    assertArrayEquals(encode(code, message), encode(code, message));
  }

  @Test
  void dimensionsOutsideTheDomainsAreRefused() {
    for (int k : new int[] {0, 1, 3, 1 << 21}) {
      assertThrows(IllegalArgumentException.class, () -> CircleCode.ofDimension(k));
    }
  }
}
