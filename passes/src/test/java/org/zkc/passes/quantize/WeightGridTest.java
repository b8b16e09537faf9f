package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;

/** The integers of quantised weights stay what they are. */
final class WeightGridTest {
  private static final int CHANNELS = 5;
  private static final int SIZE = 40;

  private final Random random = new Random(11);

  private static Optional<WeightGrid> gridOf(TensorData weights) {
    return WeightGrid.of(weights, WeightStatistics.of(weights));
  }

  private static TensorData data(float[] weights) {
    return TensorData.ofFloats(Shape.of(CHANNELS, SIZE), weights);
  }

  /** Integers from -127 to 127, of which each channel holds one of the ends. */
  private int[] integers() {
    int[] out = new int[CHANNELS * SIZE];
    for (int i = 0; i < out.length; i++) {
      out[i] = i % SIZE == 0 ? 127 : random.nextInt(255) - 127;
    }
    return out;
  }

  private static double scale(int channel) {
    return 0.0031 * (channel + 1) / 3;
  }

  private static float[] reals(int[] integers) {
    float[] out = new float[integers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) scale(i / SIZE) * integers[i];
    }
    return out;
  }

  @Test
  void mantissasAreTheIntegersTimesOneFactorAChannel() {
    int[] integers = integers();
    TensorData weights = data(reals(integers));
    WeightStatistics statistics = WeightStatistics.of(weights);
    WeightGrid grid = WeightGrid.of(weights, statistics).orElseThrow();
    for (double factor : new double[] {65_000, 71_234.5, 3.1e6}) {
      IntegerWeights rounded =
          WeightQuantizer.quantize(
              grid.exactly(weights, statistics, factor),
              statistics,
              factor,
              WeightGrid.BITS,
              shifts -> (channel, first, reals, mantissas, count) -> {},
              TaskRunner.CALLER);
      long[] elements = rounded.toLongs();
      for (int c = 0; c < CHANNELS; c++) {
        long ratio = elements[c * SIZE] / 127;
        assertEquals(scale(c) * factor, ratio, 0.008 * ratio, "channel " + c);
        for (int i = c * SIZE; i < (c + 1) * SIZE; i++) {
          assertEquals(integers[i] * ratio, elements[i], "weight " + i);
        }
      }
    }
  }

  @Test
  void aChannelOfZerosIsOnEveryGrid() {
    int[] integers = integers();
    for (int i = SIZE; i < 2 * SIZE; i++) {
      integers[i] = 0;
    }
    assertTrue(gridOf(data(reals(integers))).isPresent());
  }

  @Test
  void otherWeightsHaveNoGrid() {
    float[] weights = reals(integers());
    weights[2 * SIZE + 3] += 0.0005f;
    assertFalse(gridOf(data(weights)).isPresent());
    float[] normal = new float[CHANNELS * SIZE];
    float[] signs = new float[CHANNELS * SIZE];
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (float) random.nextGaussian();
      signs[i] = random.nextBoolean() ? 0.25f : -0.25f;
    }
    assertFalse(gridOf(data(normal)).isPresent());
    assertFalse(gridOf(data(signs)).isPresent());
  }
}
