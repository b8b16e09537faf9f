package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.zkc.gkr.field.RandomElements;

/** The vector kernels against the scalar ones, which are checked against the definitions where these say more. */
class KernelsTest {
  private final Kernels scalar = new ScalarKernels();
  private final Kernels vector = new VectorKernels();
  private final RandomElements random = new RandomElements(77);

  @Test
  void testsRunWithTheVectorModule() {
    assertEquals(Provider.VECTOR, Provider.chosen(), Provider.reason());
    assertInstanceOf(VectorKernels.class, Kernels.best());
  }

  private void assertSame(ExtVector expected, ExtVector actual, String what) {
    assertTrue(expected.contentEquals(actual), () -> random.seed() + ": " + what);
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
      assertSame(scalar.bind(copy, half, r), vector.bind(table, half, r), "bind " + length + " of " + 2 * half);
      int[] base = random.residues(length + 5);
      assertSame(
          scalar.bindBase(base, 5, length, half, r), vector.bindBase(base, 5, length, half, r), "bindBase " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 64, 512})
  void eqExpansion(int half) {
    for (int length : new int[] {half, half + 1, half + half / 2, 2 * half}) {
      Ext r = random.element();
      ExtVector table = view(length);
      ExtVector copy = table.copy();
      scalar.expandEq(copy, half, r);
      vector.expandEq(table, half, r);
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
    assertEquals(scalar.dot(a, b), vector.dot(a, b), random.seed());
    assertEquals(scalar.dotBase(base, 4, length, b), vector.dotBase(base, 4, length, b), random.seed());
    ExtVector expected = b.copy();
    ExtVector actual = b.copy();
    scalar.addScaled(expected, c, a);
    vector.addScaled(actual, c, a);
    assertSame(expected, actual, "addScaled");
    scalar.addScaledBase(expected, c, base, 4, length);
    vector.addScaledBase(actual, c, base, 4, length);
    assertSame(expected, actual, "addScaledBase");
    scalar.scale(expected, c);
    vector.scale(actual, c);
    assertSame(expected, actual, "scale");
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
        assertArrayEquals(scalar.roundOfTwo(f, g, half), vector.roundOfTwo(f, g, half), what);
        assertArrayEquals(
            scalar.roundOfTwoBase(base, 2, length, g, half), vector.roundOfTwoBase(base, 2, length, g, half), what);
        assertArrayEquals(scalar.roundOfThree(w, f, g, half), vector.roundOfThree(w, f, g, half), what);
        assertArrayEquals(scalar.roundOfThree(f, w, g, half), vector.roundOfThree(f, w, g, half), what);
      }
    }
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
          scalar.roundOfFractions(
              p.slice(0, 2 * half), q.slice(0, 2 * half), p.slice(2 * half, 2 * half), q.slice(2 * half, 2 * half), eqHigh, eqLow, half);
      Ext[] actual =
          vector.roundOfFractions(
              p.slice(0, 2 * half), q.slice(0, 2 * half), p.slice(2 * half, 2 * half), q.slice(2 * half, 2 * half), eqHigh, eqLow, half);
      assertArrayEquals(expected, actual, random.seed() + ": half " + half + ", low " + low);
    }
    for (boolean unit : new boolean[] {false, true}) {
      ExtVector[] out = {new ExtVector(half), new ExtVector(half), new ExtVector(half), new ExtVector(half)};
      if (unit) {
        scalar.combineUnitFractions(q, half, out[0], out[1]);
        vector.combineUnitFractions(q, half, out[2], out[3]);
      } else {
        scalar.combineFractions(p, q, half, out[0], out[1]);
        vector.combineFractions(p, q, half, out[2], out[3]);
      }
      assertSame(out[0], out[2], "numerators");
      assertSame(out[1], out[3], "denominators");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 13, 100})
  void denominatorsOfTuples(int count) {
    int[][] columns = {random.residues(count + 3), random.residues(count + 3)};
    Ext[] betas = random.elements(2);
    Ext constant = random.element();
    ExtVector expected = new ExtVector(count);
    ExtVector actual = new ExtVector(count);
    scalar.denominators(constant, betas, columns, 3, expected);
    vector.denominators(constant, betas, columns, 3, actual);
    assertSame(expected, actual, "denominators");
  }

  // Rows past the point where exact sums are reduced: 2^7 rows of shorts here, 2^15 of bytes below.
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 31, 32, 33, 64, 75, 131})
  void weightFolds(int columns) {
    for (int width : new int[] {1, 2, 4}) {
      for (int rows : new int[] {0, 1, 5, 300}) {
        byte[] matrix = new byte[width * rows * columns];
        new Random(columns).nextBytes(matrix);
        for (int k = 0; k < matrix.length; k++) {
          matrix[k] = matrix[k] % 3 == 0 ? (byte) -128 : matrix[k];
        }
        checkFold(matrix, width, columns, rows);
      }
    }
  }

  private void checkFold(byte[] matrix, int width, int columns, int rows) {
    ExtVector coefficients = view(rows);
    ExtVector expected = view(columns + 2);
    ExtVector actual = expected.copy();
    MemorySegment heap = MemorySegment.ofArray(matrix);
    scalar.foldRows(heap, width, columns, coefficients, expected);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment direct = arena.allocate(Math.max(1, matrix.length));
      MemorySegment.copy(heap, ValueLayout.JAVA_BYTE, 0, direct, ValueLayout.JAVA_BYTE, 0, matrix.length);
      vector.foldRows(direct, width, columns, coefficients, actual);
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
    vector.foldRows(MemorySegment.ofArray(matrix), 1, columns, coefficients, actual);
    for (int k = 0; k < columns; k++) {
      assertEquals(Ext.ofSigned(128L * rows), actual.get(k));
    }
  }

  @Test
  void theScalarFoldFollowsItsDefinition() {
    byte[] matrix = {1, -2, 3, 127, -128, 0};
    ExtVector coefficients = random.vector(2);
    ExtVector accumulator = new ExtVector(3);
    scalar.foldRows(MemorySegment.ofArray(matrix), 1, 3, coefficients, accumulator);
    for (int k = 0; k < 3; k++) {
      Ext expected =
          coefficients.get(0).mul(Ext.ofSigned(matrix[k])).add(coefficients.get(1).mul(Ext.ofSigned(matrix[3 + k])));
      assertEquals(expected, accumulator.get(k), random.seed());
    }
  }

  @Test
  void workersRunEveryPieceOnce() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = Workers.of(threads)) {
        assertEquals(threads, workers.threads());
        int[] runs = new int[100];
        workers.forEach(100, k -> runs[k]++);
        for (int count : runs) {
          assertEquals(1, count);
        }
      }
    }
  }
}
