package org.zkc.gkr.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TensorLayoutTest {
  static List<List<Integer>> shapes() {
    return List.of(
        List.of(),
        List.of(1),
        List.of(5),
        List.of(8),
        List.of(3, 2),
        List.of(2, 3),
        List.of(3, 5, 6),
        List.of(1, 3, 4, 4),
        List.of(3, 1, 7, 1),
        List.of(3, 4, 3, 2));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyPartOfTheTableIsThatOfTheWhole(List<Integer> shape) {
    TensorLayout layout = new TensorLayout(shape);
    int[] real = IntStream.rangeClosed(1, layout.elementCount()).toArray();
    int[] table = Arrays.copyOf(layout.pad(real), layout.paddedLength() + 4);
    for (int from = 0; from < table.length; from++) {
      for (int count = 0; from + count <= table.length; count++) {
        int[] out = new int[count + 2];
        int stored =
            layout.copyStored(
                (at, n, to, toAt) -> System.arraycopy(real, at, to, toAt, n), from, count, out, 1);
        int[] expected = new int[count + 2];
        System.arraycopy(table, from, expected, 1, count);
        assertArrayEquals(expected, out);
        assertEquals(Math.clamp(layout.storedLength() - from, 0, count), stored);
      }
    }
  }
}
