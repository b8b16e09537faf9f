package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Products of matrices and convolutions of random shapes whose factors have any role: what they
 * give is proved, and nothing else.
 */
class RandomContractionsTest {
  private static final int CIRCUITS = 60;

  @TempDir Path directory;

  /** A factor of any role: given, a parameter, committed, or computed and never committed. */
  private static int factor(CircuitBuilder b, Random random, List<Integer> shape) {
    Integer[] s = shape.toArray(Integer[]::new);
    return switch (random.nextInt(4)) {
      case 0 -> b.input(-9, 9, s);
      case 1 -> b.model(-9, 9, s);
      case 2 -> b.requantize(b.input(-30, 30, s), 1, 1, -12, 12);
      default ->
          b.affine(
              shape,
              List.of(
                  CircuitBuilder.term(b.requantize(b.input(-9, 9, s), 0, 0, -9, 9), 2),
                  CircuitBuilder.term(b.input(-9, 9, s), -1)));
    };
  }

  private static int matMul(CircuitBuilder b, Random random) {
    int shared = random.nextInt(3);
    ArrayList<Integer> left = new ArrayList<>();
    ArrayList<Integer> right = new ArrayList<>();
    for (int a = 0; a < shared; a++) {
      left.add(1 + random.nextInt(3));
    }
    right.addAll(left);
    for (int a = random.nextInt(3); shared == 0 && a > 0; a--) {
      left.add(1 + random.nextInt(3));
    }
    if (shared > 0) {
      left.add(1 + random.nextInt(5));
    }
    int inner = 1 + random.nextInt(7);
    left.add(inner);
    right.addAll(List.of(1 + random.nextInt(5), inner));
    int factor = factor(b, random, left);
    boolean same = left.equals(right) && random.nextBoolean();
    return b.matMul(factor, same ? factor : factor(b, random, right));
  }

  private static int conv(CircuitBuilder b, Random random) {
    int groups = 1 + random.nextInt(2);
    int channels = 1 + random.nextInt(2);
    int taps = 1 + random.nextInt(3);
    int side = taps + random.nextInt(4);
    int source =
        factor(b, random, List.of(1 + random.nextInt(2), groups * channels, side, side + 1));
    int outputs = groups * (1 + random.nextInt(3));
    int kernel = factor(b, random, List.of(outputs, channels, taps, 1 + random.nextInt(taps)));
    return b.conv(source, kernel, 1 + random.nextInt(2), random.nextInt(2), 1, groups);
  }

  @Test
  void whatTheyGiveIsProvedAndNothingElse() throws Exception {
    for (int seed = 1; seed <= CIRCUITS; seed++) {
      Random random = new Random(seed);
      CircuitBuilder b = new CircuitBuilder(seed);
      int result = random.nextInt(3) > 0 ? matMul(b, random) : conv(b, random);
      int out = result;
      if (random.nextBoolean()) {
        // Two claims on the result, one of them no point on the last axis.
        int last = b.shape(result).size() - 1;
        int extent = b.shape(result).get(last);
        int sums = b.view(result, new ViewStep.Window(last, extent, 0, 1, 0, extent));
        out =
            b.affine(
                b.shape(result),
                List.of(CircuitBuilder.term(sums, 1), CircuitBuilder.term(result, 2)));
      }
      try (WeakProof weak = new WeakProof(b.output(out), directory)) {
        String where = "seed " + seed;
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), where);
        int[] wrong = weak.honest[result].clone();
        int at = random.nextInt(wrong.length);
        wrong[at] += wrong[at] > 0 ? -1 : 1;
        int[][] elements = weak.withTensor(result, wrong);
        String why = weak.rejection(elements, new ForgedValues(weak, elements));
        assertNotNull(why, where);
        assertTrue(why.contains("ending"), where + ": " + why);
      }
    }
  }
}
