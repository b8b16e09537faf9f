package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;

class PackedIntegersTest {
  private static final int LIMIT = 1 << 30;

  @Test
  void integersComeBackInTheNarrowestForm() {
    int[][] cases = {
      {},
      {7},
      {0, 255},
      {-128, 127},
      {-1, 255},
      {100_000, 100_255},
      {0, 65_535},
      {-32_768, 32_767},
      {-1, 65_535},
      {LIMIT - 1, LIMIT - 256},
      {1 - LIMIT, LIMIT - 1},
      {M31.P, M31.P - 1},
      {Integer.MIN_VALUE, Integer.MAX_VALUE}
    };
    int[] bytes = {1, 1, 1, 1, 2, 1, 2, 2, 4, 1, 4, 4, 4};
    for (int k = 0; k < cases.length; k++) {
      check(cases[k], bytes[k], "case " + k);
    }
  }

  @Test
  void randomIntegersComeBack() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      int bound = 1 << random.nextInt(31);
      int[] values =
          random
              .ints(1 + random.nextInt(300), -bound, bound == LIMIT ? LIMIT : bound + 1)
              .toArray();
      int[] copy = values.clone();
      PackedIntegers packed = PackedIntegers.of(values, Workers.callerOnly());
      values[0]++;
      assertArrayEquals(copy, packed.signed(), "seed " + seed);
      assertArrayEquals(residues(copy), packed.residues(), "seed " + seed);
      int from = random.nextInt(copy.length);
      int count = random.nextInt(copy.length - from + 1);
      int[] part = new int[count + 2];
      packed.copy(from, count, part, 1);
      int[] expected = new int[count + 2];
      System.arraycopy(residues(copy), from, expected, 1, count);
      assertArrayEquals(expected, part, "seed " + seed + ", a part");
      assertEquals(copy.length, packed.length());
    }
  }

  /** What is gathered is what stands there, in each of the three widths. */
  @Test
  void gatheredIntegersAreThoseAtTheirPlaces() {
    for (int bits : new int[] {7, 15, 29}) {
      int[] values = new Random(bits).ints(1000, -(1 << bits), 1 << bits).toArray();
      int[] starts = {500, 0, 493, 7};
      int[] distances = {0, 499, 3, 3, 250};
      int[] expected = new int[starts.length * distances.length];
      for (int k = 0; k < expected.length; k++) {
        expected[k] = values[starts[k / distances.length] + distances[k % distances.length]];
      }
      PackedIntegers packed = PackedIntegers.of(values, Workers.callerOnly());
      PackedIntegers gathered = packed.gathered(starts, distances, Workers.callerOnly());
      assertArrayEquals(expected, gathered.signed(), bits + " bits");
      assertEquals(packed.getClass(), gathered.getClass());
    }
  }

  @Test
  void severalThreadsPackTheSame() {
    try (Workers workers = Workers.of(3)) {
      int[] values = new Random(7).ints(100_003, -3000, 3000).toArray();
      PackedIntegers packed = PackedIntegers.of(values, workers);
      assertArrayEquals(values, packed.signed());
      assertArrayEquals(residues(values), packed.residues(workers));
      assertArrayEquals(
          residues(values), PackedIntegers.ofResidues(residues(values), workers).residues());
      values[77_777] = 1 << 20;
      assertArrayEquals(values, PackedIntegers.of(values, workers).signed());
    }
  }

  private static void check(int[] values, int bytes, String at) {
    PackedIntegers packed = PackedIntegers.of(values, Workers.callerOnly());
    int width =
        switch (packed) {
          case PackedIntegers.Bytes b -> 1;
          case PackedIntegers.Shorts s -> 2;
          case PackedIntegers.Ints i -> 4;
        };
    assertEquals(bytes, width, at);
    assertArrayEquals(values, packed.signed(), at);
    assertArrayEquals(residues(values), packed.residues(), at);
    assertArrayEquals(
        residues(values),
        PackedIntegers.ofResidues(residues(values), Workers.callerOnly()).residues(),
        at);
  }

  private static int[] residues(int[] values) {
    int[] out = new int[values.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = M31.fromSigned(values[k]);
    }
    return out;
  }
}
