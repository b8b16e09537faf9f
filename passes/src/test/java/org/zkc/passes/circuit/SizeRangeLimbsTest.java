package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizeRangeLimbsTest {
  @Test
  void manyElementsTakeOneLimbAndFewTakeSmallTables() {
    assertEquals(Map.of(12, List.of(12)), SizeRangeLimbs.choose(Map.of(12, 100_000L), Set.of()));
    assertEquals(Map.of(12, List.of(4, 4, 4)), SizeRangeLimbs.choose(Map.of(12, 10L), Set.of()));
  }

  @Test
  void rangeTablesThatAreThereAnywayCostNothing() {
    assertEquals(Map.of(8, List.of(8)), SizeRangeLimbs.choose(Map.of(8, 10L), Set.of(8)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void splitsAddUpAndNoSingleChangeIsBetter(long seed) {
    Random random = new Random(seed);
    Map<Integer, Long> elements = new TreeMap<>();
    for (int k = 0; k < 4; k++) {
      elements.put(1 + random.nextInt(24), 1L + random.nextInt(200_000));
    }
    Map<Integer, List<Integer>> limbs = SizeRangeLimbs.choose(elements, Set.of(8));
    assertEquals(elements.keySet(), limbs.keySet());
    limbs.forEach((shift, split) ->
        assertEquals(shift, split.stream().mapToInt(Integer::intValue).sum(), "seed " + seed));
    long cost = cost(limbs, elements);
    for (int shift : limbs.keySet()) {
      for (int first = 1; first < shift; first++) {
        Map<Integer, List<Integer>> other = new TreeMap<>(limbs);
        other.put(shift, List.of(first, shift - first));
        assertTrue(
            cost <= cost(other, elements), "seed " + seed + ": " + limbs + " against " + other);
      }
    }
  }

  /** Lookups plus rows, counted independently. */
  private static long cost(Map<Integer, List<Integer>> limbs, Map<Integer, Long> elements) {
    long lookups =
        limbs.entrySet().stream()
            .mapToLong(e -> elements.get(e.getKey()) * e.getValue().size())
            .sum();
    long rows =
        limbs.values().stream()
            .flatMap(List::stream)
            .distinct()
            .filter(b -> b != 8)
            .mapToLong(b -> b > 30 ? Long.MAX_VALUE / 64 : 1L << b)
            .sum();
    return lookups + rows;
  }
}
