package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bounds of sums of views and boxes, which are kept whole, by axis or by element, against the sum
 * at every element.
 */
class AffineBoundsTest {
  private static final List<Integer> SHAPE = List.of(2, 3, 4);
  private static final int COUNT = 24;

  private final long[] low = new long[COUNT];
  private final long[] high = new long[COUNT];
  private final AffineBounds bounds = new AffineBounds(SHAPE, n -> {});

  private void view(Random random) {
    List<Integer> source = new ArrayList<>();
    List<ViewStep> steps = new ArrayList<>();
    boolean negative = false;
    for (int axis = 0; axis < 3; axis++) {
      int extent = SHAPE.get(axis);
      switch (random.nextInt(4)) {
        // As it is, broadcast, cut or padded, sums of ranges.
        case 0 -> source.add(extent);
        case 1 -> {
          source.add(1);
          steps.add(new ViewStep.Window(axis, extent, 0, 1, 0, 1));
        }
        case 2 -> {
          source.add(1 + random.nextInt(5));
          steps.add(
              new ViewStep.Window(
                  axis, extent, 1, 1, random.nextInt(4) - 2, 1 + random.nextInt(2)));
        }
        default -> {
          source.add(5);
          int factor = random.nextInt(-1, 3);
          negative |= factor < 0;
          ArrayList<Integer> factors = new ArrayList<>();
          ArrayList<Integer> starts = new ArrayList<>();
          for (int k = 0; k < extent; k++) {
            factors.add(k == 0 ? factor : 1);
            starts.add(random.nextInt(3));
          }
          steps.add(new ViewStep.Ranges(axis, starts, Collections.nCopies(extent, 2), factors));
        }
      }
    }
    long from = random.nextInt(-9, 9);
    Interval interval = new Interval(from, from + random.nextInt(9));
    long coefficient = random.nextBoolean() ? 3 : -2;
    bounds.addWeighted(source, steps, negative, interval, coefficient);
    // Element by element: the least and the greatest of the weighted sum of independent elements.
    int elements = source.stream().reduce(1, Math::multiplyExact);
    for (int e = 0; e < elements; e++) {
      long[] one = new long[elements];
      one[e] = 1;
      List<Integer> current = source;
      for (ViewStep step : steps) {
        one = ViewSemantics.apply(one, current, step);
        current = ViewSemantics.outcomeShape(current, step);
      }
      for (int k = 0; k < COUNT; k++) {
        long weight = one[k] * coefficient;
        low[k] += Math.min(weight * interval.low(), weight * interval.high());
        high[k] += Math.max(weight * interval.low(), weight * interval.high());
      }
    }
  }

  private void box(Random random) {
    List<Integer> starts = new ArrayList<>();
    List<Integer> limits = new ArrayList<>();
    for (int extent : SHAPE) {
      int start = random.nextInt(3) == 0 ? random.nextInt(extent) : 0;
      starts.add(start);
      limits.add(random.nextInt(3) == 0 ? random.nextInt(start, extent) + 1 : extent);
    }
    int value = random.nextInt(-9, 10);
    bounds.addInside(new Affine.Box(value, starts, limits));
    for (int k = 0; k < COUNT; k++) {
      int[] index = {k / 12, k / 4 % 3, k % 4};
      boolean inside = true;
      for (int a = 0; a < 3; a++) {
        inside &= starts.get(a) <= index[a] && index[a] < limits.get(a);
      }
      low[k] += inside ? value : 0;
      high[k] += inside ? value : 0;
    }
  }

  @Test
  void asElementByElement() {
    for (int seed = 0; seed < 500; seed++) {
      AffineBoundsTest sum = new AffineBoundsTest();
      Random random = new Random(seed);
      for (int k = random.nextInt(1, 5); k > 0; k--) {
        if (random.nextInt(3) == 0) {
          sum.box(random);
        } else {
          sum.view(random);
        }
      }
      long least = Arrays.stream(sum.low).min().getAsLong();
      long most = Arrays.stream(sum.high).max().getAsLong();
      assertTrue(least <= most);
      assertEquals(new Interval(least, most), sum.bounds.interval(), "seed " + seed);
    }
  }

  /** A parameter's axis may be longer than those of other tensors, but not where it is summed. */
  @Test
  void aSlicedParameterHasShortAxes() {
    Circuit circuit =
        new Circuit(
            List.of(
                new TensorDeclaration(
                    TensorDeclaration.Role.MODEL, List.of(1 << 22, 1), 0, 1, 1, 0),
                TensorDeclaration.virtual(List.of(1, 1), 0, 1)),
            List.of(),
            List.of(
                new Affine(
                    1,
                    List.of(new Affine.Term(0, 1, List.of(new ViewStep.Window(0, 1, 1, 1, 0, 1)))),
                    List.of())),
            List.of(),
            List.of(1));
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit));
    assertTrue(String.valueOf(e.getMessage()).contains("elements along an axis"), e.getMessage());
  }
}
