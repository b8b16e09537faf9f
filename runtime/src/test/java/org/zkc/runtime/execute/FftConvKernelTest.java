package org.zkc.runtime.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.kernel.Workers;
import org.zkc.ir.Shape;
import org.zkc.ir.kernel.ConvolutionGeometry;
import org.zkc.ir.kernel.IntConvolution;
import org.zkc.ir.kernel.TaskRunner;

/** Through transforms and in direct form, convolutions are the same integers. */
class FftConvKernelTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void equalsTheDirectKernel(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      int groups = 1 + random.nextInt(3);
      int channels = 1 + random.nextInt(3);
      int outputs = groups * (1 + random.nextInt(4));
      List<Integer> source = new ArrayList<>(List.of(1 + random.nextInt(2), groups * channels));
      List<Integer> weight = new ArrayList<>(List.of(outputs, channels));
      List<Integer> result = new ArrayList<>(List.of(source.get(0), outputs));
      List<Integer> strides = new ArrayList<>();
      List<Integer> low = new ArrayList<>();
      List<Integer> dilations = new ArrayList<>();
      for (int axis = 0; axis < 2; axis++) {
        source.add(1 + random.nextInt(12));
        weight.add(1 + random.nextInt(5));
        result.add(1 + random.nextInt(9));
        strides.add(1 + random.nextInt(3));
        low.add(random.nextInt(9) - 4);
        dilations.add(1 + random.nextInt(3));
      }
      Conv conv = new Conv(2, 0, 1, strides, low, dilations, groups);
      assertSame(conv, source, weight, result, random, 127, 1 + random.nextInt(2), seed);
    }
  }

  @Test
  void sumsReachTheLimitsOfTheField() {
    Conv conv = new Conv(2, 0, 1, List.of(1, 1), List.of(0, 2), List.of(1, 1), 1);
    // 5 products of 13,107 squared come close to 2^30.
    assertSame(
        conv,
        List.of(1, 1, 1, 9),
        List.of(3, 1, 1, 5),
        List.of(1, 3, 1, 9),
        new Random(3),
        13107,
        1,
        3);
  }

  private static void assertSame(
      Conv conv,
      List<Integer> source,
      List<Integer> weight,
      List<Integer> result,
      Random random,
      int most,
      int threads,
      long seed) {
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      long least =
          FftConv.leastPoints(
              conv, axis, source.get(2 + axis), weight.get(2 + axis), result.get(2 + axis));
      sizes.add(least <= 1 ? 1 : 2 * Integer.highestOneBit((int) least - 1));
    }
    int[] x = random.ints(product(source), -most, most + 1).toArray();
    int[] w = random.ints(product(weight), -most, most + 1).toArray();
    try (Workers workers = Workers.of(threads)) {
      ConvolutionGeometry geometry =
          ConvolutionGeometry.of(
              new Shape(source),
              new Shape(weight),
              new Shape(result),
              conv.strides(),
              conv.paddingLow(),
              conv.dilations(),
              conv.groups());
      int[] expected = IntConvolution.run(geometry, x, w, TaskRunner.CALLER);
      // Spectra of kernels prepared, and made in each run.
      for (long prepared : new long[] {1 << 24, 0}) {
        int[] found =
            new FftConvKernel(new FftConv(conv, sizes), source, weight, w, result, prepared)
                .run(x, workers);
        assertArrayEquals(
            expected,
            found,
            "%s of %s with %s to %s, sizes %s, seed %d"
                .formatted(conv, source, weight, result, sizes, seed));
      }
      assertTrue(expected.length > 0);
    }
  }

  private static int product(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
