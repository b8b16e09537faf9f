package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;

class WeightQuantizerTest {
  private static final IntegerWeights.RoundingObserver UNSEEN =
      (channel, first, reals, mantissas, count) -> {};

  @Test
  void mantissasRoundHalvesToEvenAndChannelsShiftOnlyWhenTheyMust() {
    Shape shape = Shape.of(3, 2);
    TensorData data = TensorData.ofFloats(shape, new float[] {127, -2.5f, 127.5f, 1, -1000, 3.5f});
    IntegerWeights weights =
        WeightQuantizer.quantize(
            data, WeightStatistics.of(data), 1, 8, shifts -> UNSEEN, TaskRunner.CALLER);
    assertEquals(List.of(0, 1, 3), weights.channelShifts());
    assertEquals(DType.I8, weights.dtype());
    assertEquals(
        List.of(127L, -2L, 64L, 0L, -125L, 0L),
        Arrays.stream(weights.mantissas().toLongs()).boxed().toList());
  }

  @ParameterizedTest
  @CsvSource({"1,8", "2,8", "3,4", "4,12", "5,16"})
  void errorsAreAtMostHalfAStep(long seed, int bits) {
    Random random = new Random(seed);
    Shape shape = Shape.of(5, 7);
    float[] reals = new float[35];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (float) (random.nextGaussian() * Math.pow(4, i / 7));
    }
    double factor = 10 * random.nextDouble();
    TensorData data = TensorData.ofFloats(shape, reals);
    IntegerWeights weights =
        WeightQuantizer.quantize(
            data, WeightStatistics.of(data), factor, bits, shifts -> UNSEEN, TaskRunner.CALLER);
    for (int i = 0; i < reals.length; i++) {
      int shift = weights.shift(i / 7);
      long mantissa = weights.mantissas().getLong(i);
      assertTrue(Math.abs(mantissa) < 1L << (bits - 1), "seed " + seed);
      double error = Math.abs(((double) (mantissa << shift)) - reals[i] * factor);
      assertTrue(
          error <= 0.5 * (1L << shift) * (1 + 1e-9), "seed %d: error %s".formatted(seed, error));
    }
  }
}
