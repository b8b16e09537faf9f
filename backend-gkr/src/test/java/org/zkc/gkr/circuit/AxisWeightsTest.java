package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights by axis against the view applied to a tensor of ones, on random views. */
class AxisWeightsTest {
  private static ViewStep step(Random random, List<Integer> shape) {
    int axis = random.nextInt(shape.size());
    int n = shape.get(axis);
    return switch (random.nextInt(4)) {
      case 0 ->
          new ViewStep.Window(
              axis,
              1 + random.nextInt(6),
              random.nextInt(3),
              random.nextInt(3),
              random.nextInt(5) - 2,
              1 + random.nextInt(3));
      case 1 -> {
        int start = random.nextInt(n);
        yield new ViewStep.Ranges(
            axis,
            List.of(start, 0),
            List.of(1 + random.nextInt(n - start), n),
            List.of(random.nextInt(3), 1));
      }
      case 2 -> {
        ArrayList<Integer> order = new ArrayList<>();
        for (int k = 0; k < shape.size(); k++) {
          order.add(k);
        }
        Collections.shuffle(order, random);
        yield new ViewStep.Permute(order);
      }
      default -> {
        int all = shape.stream().reduce(1, Math::multiplyExact);
        yield new ViewStep.Reshape(all % 2 == 0 ? List.of(all / 2, 2) : List.of(1, all));
      }
    };
  }

  @Test
  void asTheViewOfOnes() {
    int byAxis = 0;
    int uniform = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      List<Integer> shape = List.of(1 + random.nextInt(3), 1 + random.nextInt(4), 3);
      ArrayList<ViewStep> steps = new ArrayList<>();
      List<Integer> current = shape;
      long[] expected = new long[shape.stream().reduce(1, Math::multiplyExact)];
      Arrays.fill(expected, 1);
      for (int k = random.nextInt(4); k >= 0; k--) {
        ViewStep step = step(random, current);
        steps.add(step);
        expected = ViewSemantics.apply(expected, current, step);
        current = ViewSemantics.outcomeShape(current, step);
      }
      AxisWeights weights = AxisWeights.of(shape, steps);
      if (weights == null) {
        continue;
      }
      byAxis++;
      String what = "seed " + seed + ": " + shape + " " + steps;
      assertArrayEquals(expected, weights.all(), what);
      long first = expected[0];
      if (weights.uniform() >= 0) {
        uniform++;
        assertTrue(Arrays.stream(expected).allMatch(v -> v == first), what);
        assertEquals(first, weights.uniform(), what);
      }
    }
    assertTrue(byAxis > 200 && uniform > 50, byAxis + " by axis, " + uniform + " uniform");
  }

  @Test
  void formsThatItLeavesToTheElements() {
    List<Integer> shape = List.of(4, 3);
    ViewStep border = new ViewStep.Window(0, 4, 1, 1, -1, 2);
    assertNull(AxisWeights.of(shape, List.of(border, new ViewStep.Reshape(List.of(12)))));
    assertNull(AxisWeights.of(shape, List.of(new ViewStep.Unfold(0, 2, 2, 1, 1, 0))));
  }
}
