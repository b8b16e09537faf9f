package org.zkc.gkr.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorLayoutTest {
  @Test
  void partsOfTheTableAreThoseOfThePaddedArray() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Integer> shape = new ArrayList<>();
      for (int axes = 1 + random.nextInt(4); axes > 0; axes--) {
        shape.add(1 + random.nextInt(9));
      }
      TensorLayout layout = new TensorLayout(shape);
      int[] real = random.ints(layout.elementCount(), 1, 100).toArray();
      int[] table = Arrays.copyOf(layout.pad(real), 2 * layout.paddedLength());
      int from = random.nextInt(layout.paddedLength());
      int count = random.nextInt(layout.paddedLength() + 1);
      int[] part = random.ints(count + 3).toArray();
      int[] expected = part.clone();
      System.arraycopy(table, from, expected, 0, count);
      layout.copyStored(
          (at, length, out, to) -> System.arraycopy(real, at, out, to, length), from, count, part);
      assertArrayEquals(expected, part, "seed " + seed + ": " + shape + " from " + from);
    }
  }
}
