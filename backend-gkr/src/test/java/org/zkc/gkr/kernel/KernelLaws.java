package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;

/**
 * The laws of every provider: it gives the results of {@link ReferenceKernels}. Each provider has a
 * subclass.
 */
abstract class KernelLaws {
  private final Kernels reference = new ReferenceKernels();
  private final Kernels tested = kernels();
  private final RandomElements random = new RandomElements(77);

  abstract Kernels kernels();

  private void assertSame(ExtVector expected, ExtVector actual, String what) {
    assertArrayEquals(expected.toArray(), actual.toArray(), () -> random.seed() + ": " + what);
  }

  // A vector inside larger arrays, so that offsets count.
  private ExtVector view(int length) {
    int before = random.below(9);
    return random.vector(before + length + 3).slice(before, length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 64, 100, 255, 256, 257, 600})
  void bindings(int half) {
    for (int length : new int[] {1, half / 2 + 1, half, half + 1, half + half / 2, 2 * half}) {
      Ext r = random.element();
      ExtVector table = view(length);
      ExtVector copy = table.copy();
      assertSame(
          reference.bind(copy, half, r),
          tested.bind(table, half, r),
          "bind " + length + " of " + 2 * half);
      int[] base = random.residues(length + 5);
      assertSame(
          reference.bindBase(base, 5, length, half, r),
          tested.bindBase(base, 5, length, half, r),
          "bindBase " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16, 32, 256, 512, 1024, 2048})
  void bindingsWithTheirRound(int half) {
    for (int length :
        new int[] {1, half / 2, half / 2 + 1, half, half + 1, half + half / 2 + 1, 2 * half}) {
      String what = "bindTwo " + length + " of " + 2 * half;
      Ext r = random.element();
      ExtVector f = view(length);
      ExtVector g = view(length);
      ExtVector f2 = f.copy();
      ExtVector g2 = g.copy();
      assertArrayEquals(
          reference.bindTwo(f2, g2, half, r), tested.bindTwo(f, g, half, r), random.seed() + what);
      int bound = Math.min(length, half);
      assertSame(f2.slice(0, bound), f.slice(0, bound), what);
      assertSame(g2.slice(0, bound), g.slice(0, bound), what);
      int[] base = random.residues(length + 3);
      ExtVector h = view(length);
      ExtVector h2 = h.copy();
      ExtVector b = new ExtVector(bound);
      ExtVector b2 = new ExtVector(bound);
      assertArrayEquals(
          reference.bindTwoBase(base, 3, b2, h2, half, r),
          tested.bindTwoBase(base, 3, b, h, half, r),
          random.seed() + what);
      assertSame(b2, b, "base " + what);
      assertSame(h2.slice(0, bound), h.slice(0, bound), "base " + what);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 64, 512})
  void eqExpansion(int half) {
    for (int length : new int[] {half, half + 1, half + half / 2, 2 * half}) {
      Ext r = random.element();
      ExtVector table = view(length);
      ExtVector copy = table.copy();
      reference.expandEq(copy, half, r);
      tested.expandEq(table, half, r);
      assertSame(copy, table, "expandEq " + half + " in " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 16, 31, 33, 100, 1000})
  void productsAndSums(int length) {
    ExtVector a = view(length);
    ExtVector b = view(length + length % 3);
    int[] base = random.residues(length + 4);
    Ext c = random.element();
    assertEquals(reference.dot(a, b), tested.dot(a, b), random.seed());
    assertEquals(
        reference.dotBase(base, 4, length, b), tested.dotBase(base, 4, length, b), random.seed());
    ExtVector expected = b.copy();
    ExtVector actual = b.copy();
    reference.addScaled(expected, c, a);
    tested.addScaled(actual, c, a);
    assertSame(expected, actual, "addScaled");
    reference.addScaledBase(expected, c, base, 4, length);
    tested.addScaledBase(actual, c, base, 4, length);
    assertSame(expected, actual, "addScaledBase");
    reference.scale(expected, c);
    tested.scale(actual, c);
    assertSame(expected, actual, "scale");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 16, 31, 33, 100, 1000})
  void elementByElement(int length) {
    ExtVector a = view(length);
    ExtVector b = view(length);
    ExtVector expected = new ExtVector(length);
    ExtVector actual = view(length);
    reference.multiply(a, b, expected);
    tested.multiply(a, b, actual);
    assertSame(expected, actual, "multiply");
    reference.square(a, expected);
    tested.square(a, actual);
    assertSame(expected, actual, "square");
    reference.add(a, b, expected);
    tested.add(a, b, actual);
    assertSame(expected, actual, "add");
    reference.subtract(a, b, expected);
    tested.subtract(a, b, actual);
    assertSame(expected, actual, "subtract");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 16, 31, 33, 100, 1000})
  void overTheBaseField(int length) {
    int[] a = random.residues(length + 3);
    int[] b = random.residues(length + 5);
    for (int k = 3; k < length; k += 7) {
      a[k] = M31.P - 1;
      b[k + 2] = k % 2 == 0 ? M31.P - 1 : 0;
    }
    int[] expected = new int[length + 1];
    int[] actual = new int[length + 1];
    reference.multiplyBase(a, 3, b, 5, expected, 1, length);
    tested.multiplyBase(a, 3, b, 5, actual, 1, length);
    assertArrayEquals(expected, actual, random.seed());
    for (int c : new int[] {0, 1, 2, M31.P - 1, random.residues(1)[0]}) {
      reference.addMultipleBase(a, 3, c, b, 5, expected, 1, length);
      tested.addMultipleBase(a, 3, c, b, 5, actual, 1, length);
      assertArrayEquals(expected, actual, random.seed() + ": times " + c);
      reference.addMultipleBase(expected, 1, c, b, 5, expected, 1, length);
      tested.addMultipleBase(actual, 1, c, b, 5, actual, 1, length);
      assertArrayEquals(expected, actual, random.seed() + ": in place, times " + c);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 16, 33, 64, 256, 300, 513})
  void rounds(int half) {
    for (int length : new int[] {1, half, half + half / 2, 2 * half}) {
      for (int otherLength : new int[] {length, Math.max(1, length - 1)}) {
        ExtVector f = view(length);
        ExtVector g = view(otherLength);
        ExtVector w = view(2 * half);
        int[] base = random.residues(length + 2);
        String what = random.seed() + ": " + length + " and " + otherLength + " of " + 2 * half;
        assertArrayEquals(reference.roundOfTwo(f, g, half), tested.roundOfTwo(f, g, half), what);
        assertArrayEquals(
            reference.roundOfTwoBase(base, 2, length, g, half),
            tested.roundOfTwoBase(base, 2, length, g, half),
            what);
        assertArrayEquals(
            reference.roundOfThree(w, f, g, half), tested.roundOfThree(w, f, g, half), what);
        assertArrayEquals(
            reference.roundOfThree(f, w, g, half), tested.roundOfThree(f, w, g, half), what);
        ExtVector prefix = w.slice(0, length);
        assertArrayEquals(
            reference.roundOfThree(prefix, f, g, half),
            tested.roundOfThree(prefix, f, g, half),
            what);
      }
    }
  }

  // Cuts anywhere, also where a table ends.
  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64, 512, 2048})
  void partsOfRoundsAddUp(int half) {
    for (int length : new int[] {half / 2, half + 1, half + half / 2 + 3, 2 * half}) {
      int cut = random.below(half + 1);
      ExtVector f = view(length);
      ExtVector g = view(length);
      ExtVector w = view(2 * half);
      int[] base = random.residues(length + 2);
      Ext r = random.element();
      String what = random.seed() + ": " + length + " of " + 2 * half + " cut at " + cut;
      assertArrayEquals(
          reference.roundOfTwo(f, w, half),
          sum(tested.roundOfTwo(f, w, half, 0, cut), tested.roundOfTwo(f, w, half, cut, half)),
          what);
      assertArrayEquals(
          reference.roundOfTwoBase(base, 2, length, g, half),
          sum(
              tested.roundOfTwoBase(base, 2, length, g, half, 0, cut),
              tested.roundOfTwoBase(base, 2, length, g, half, cut, half)),
          what);
      assertArrayEquals(
          reference.roundOfThree(w, f, g, half),
          sum(
              tested.roundOfThree(w, f, g, half, 0, cut),
              tested.roundOfThree(w, f, g, half, cut, half)),
          what);
      ExtVector[] tables = {f, g, f};
      int low = Math.min(8, half);
      ExtVector eqHigh = view(half / low);
      ExtVector eqLow = view(low);
      int high = cut / low * low;
      assertArrayEquals(
          reference.roundOfProduct(tables, eqHigh, eqLow, half),
          sum(
              tested.roundOfProduct(tables, eqHigh, eqLow, half, 0, high),
              tested.roundOfProduct(tables, eqHigh, eqLow, half, high, half)),
          what);
      ExtVector copy = f.copy();
      int bound = Math.min(length, half);
      int middle = Math.min(cut, bound);
      tested.bind(copy, half, r, middle, bound);
      tested.bind(copy, half, r, 0, middle);
      assertSame(reference.bind(f.copy(), half, r), copy.slice(0, bound), what);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64, 512, 2048})
  void partsOfBindingsAddUp(int half) {
    for (int length : new int[] {half / 2, half + 1, half + half / 2 + 3, 2 * half}) {
      int cut = random.below(half / 2 + 1);
      ExtVector f = view(length);
      ExtVector g = view(length);
      ExtVector h = g.copy();
      int[] base = random.residues(length + 3);
      Ext r = random.element();
      int bound = Math.min(length, half);
      String what = random.seed() + ": " + length + " of " + 2 * half + " cut at " + cut;
      ExtVector expectedF = f.copy();
      ExtVector expectedG = g.copy();
      assertArrayEquals(
          reference.bindTwo(expectedF, expectedG, half, r),
          sum(tested.bindTwo(f, g, half, r, cut, half / 2), tested.bindTwo(f, g, half, r, 0, cut)),
          what);
      assertSame(expectedF.slice(0, bound), f.slice(0, bound), what);
      assertSame(expectedG.slice(0, bound), g.slice(0, bound), what);
      ExtVector expected = new ExtVector(bound);
      ExtVector actual = new ExtVector(bound);
      assertArrayEquals(
          reference.bindTwoBase(base, 3, expected, h.copy(), half, r),
          sum(
              tested.bindTwoBase(base, 3, actual, h, half, r, 0, cut),
              tested.bindTwoBase(base, 3, actual, h, half, r, cut, half / 2)),
          what);
      assertSame(expected, actual, what);
    }
  }

  private static Ext[] sum(Ext[] a, Ext[] b) {
    Ext[] out = new Ext[a.length];
    Arrays.setAll(out, v -> a[v].add(b[v]));
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 128, 1024})
  void fractions(int half) {
    ExtVector p = view(4 * half);
    ExtVector q = view(4 * half);
    for (int low = 1; low <= half; low *= 2) {
      ExtVector eqHigh = view(half / low);
      ExtVector eqLow = view(low);
      Ext[] expected =
          reference.roundOfFractions(
              p.slice(0, 2 * half),
              q.slice(0, 2 * half),
              p.slice(2 * half, 2 * half),
              q.slice(2 * half, 2 * half),
              eqHigh,
              eqLow,
              half);
      Ext[] actual =
          tested.roundOfFractions(
              p.slice(0, 2 * half),
              q.slice(0, 2 * half),
              p.slice(2 * half, 2 * half),
              q.slice(2 * half, 2 * half),
              eqHigh,
              eqLow,
              half);
      assertArrayEquals(expected, actual, random.seed() + ": half " + half + ", low " + low);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 64, 1024})
  void products(int half) {
    for (int degree = 1; degree <= 5; degree++) {
      for (int length : new int[] {1, half, half + half / 2 + 1, 2 * half}) {
        ExtVector[] tables = new ExtVector[degree];
        for (int j = 0; j < degree; j++) {
          tables[j] = view(Math.min(length, 2 * half));
        }
        for (int low = 1; low <= half; low *= 8) {
          ExtVector eqHigh = view(half / low);
          ExtVector eqLow = view(low);
          assertArrayEquals(
              reference.roundOfProduct(tables, eqHigh, eqLow, half),
              tested.roundOfProduct(tables, eqHigh, eqLow, half),
              random.seed()
                  + ": degree "
                  + degree
                  + ", length "
                  + length
                  + ", half "
                  + half
                  + ", low "
                  + low);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 64, 300, 1024})
  void roundsOfTablesOverTheBaseField(int half) {
    for (int length : new int[] {1, half, half + half / 2 + 1, 2 * half}) {
      int[] f = random.residues(Math.min(length, 2 * half));
      int[] g = random.residues(f.length);
      ExtVector w = view(f.length);
      int cut = random.below(half + 1);
      String what = random.seed() + ": " + length + " of " + 2 * half + " cut at " + cut;
      Ext[] expected = reference.roundOfThreeBase(w, f, g, half);
      assertArrayEquals(expected, tested.roundOfThreeBase(w, f, g, half), what);
      assertArrayEquals(
          expected,
          sum(
              tested.roundOfThreeBase(w, f, g, half, 0, cut),
              tested.roundOfThreeBase(w, f, g, half, cut, half)),
          what);
      for (int degree = 1; degree <= 5; degree++) {
        int[][] tables = new int[degree][];
        for (int j = 0; j < degree; j++) {
          tables[j] = random.residues(f.length);
        }
        for (int low = 1; low <= half && half % low == 0; low *= 4) {
          ExtVector eqHigh = view(half / low);
          ExtVector eqLow = view(low);
          int high = cut / low * low;
          Ext[] round = reference.roundOfProductBase(tables, eqHigh, eqLow, half);
          assertArrayEquals(round, tested.roundOfProductBase(tables, eqHigh, eqLow, half), what);
          assertArrayEquals(
              round,
              sum(
                  tested.roundOfProductBase(tables, eqHigh, eqLow, half, 0, high),
                  tested.roundOfProductBase(tables, eqHigh, eqLow, half, high, half)),
              what);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 13, 100})
  void denominatorsOfTuples(int count) {
    int[][] columns = {random.residues(count + 3), random.residues(count + 3)};
    for (Ext first : new Ext[] {random.element(), Ext.ONE}) {
      Ext[] betas = {first, random.element()};
      Ext constant = random.element();
      ExtVector expected = new ExtVector(count);
      ExtVector actual = new ExtVector(count);
      reference.denominators(constant, betas, columns, 3, expected);
      tested.denominators(constant, betas, columns, 3, actual);
      assertSame(expected, actual, "denominators");
    }
  }

  // Rows past the point where exact sums are reduced: 2^7 rows of shorts here, 2^15 of bytes below.
  // Columns past those of a tile.
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 31, 32, 33, 64, 75, 131, 512, 1100})
  void weightFolds(int columns) {
    for (int width : new int[] {1, 2, 4}) {
      for (int rows : new int[] {0, 1, 5, 300}) {
        int stride = columns + rows % 7;
        byte[] matrix = new byte[width * rows * stride];
        new Random(columns).nextBytes(matrix);
        for (int k = 0; k < matrix.length; k++) {
          matrix[k] = matrix[k] % 3 == 0 ? (byte) -128 : matrix[k];
        }
        checkFold(matrix, width, columns, stride, rows);
      }
    }
  }

  private void checkFold(byte[] matrix, int width, int columns, int stride, int rows) {
    ExtVector coefficients = view(rows);
    ExtVector expected = view(columns + 2);
    ExtVector actual = expected.copy();
    MemorySegment heap = MemorySegment.ofArray(matrix);
    reference.foldRows(heap, width, columns, stride, coefficients, expected);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment direct = arena.allocate(Math.max(1, matrix.length));
      MemorySegment.copy(
          heap, ValueLayout.JAVA_BYTE, 0, direct, ValueLayout.JAVA_BYTE, 0, matrix.length);
      tested.foldRows(direct, width, columns, stride, coefficients, actual);
    }
    assertSame(expected, actual, "fold of " + rows + " x " + columns + ", width " + width);
  }

  @Test
  void longFoldsOfExtremeWeightsAreExact() {
    int rows = (1 << 15) + 70;
    int columns = 32;
    byte[] matrix = new byte[rows * columns];
    Arrays.fill(matrix, (byte) -128);
    ExtVector coefficients = new ExtVector(rows);
    coefficients.fill(Ext.ofSigned(-1));
    ExtVector actual = new ExtVector(columns);
    tested.foldRows(MemorySegment.ofArray(matrix), 1, columns, coefficients, actual);
    for (int k = 0; k < columns; k++) {
      assertEquals(Ext.ofSigned(128L * rows), actual.get(k));
    }
  }
}
