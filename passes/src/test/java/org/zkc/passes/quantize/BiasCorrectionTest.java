package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;

final class BiasCorrectionTest {
  /** Rows longer than the parts in which weights are rounded, and groups. */
  @ParameterizedTest
  @CsvSource({"3, 20000, 1, 1", "2, 2000, 9, 1", "4, 3, 9, 2", "2, 5, 1, 2"})
  void takesBackWhatRoundingDoesAtTheMean(int outputs, int channels, int taps, int groups) {
    Random random = new Random(channels);
    float[] reals = new float[outputs * channels * taps];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (float) random.nextGaussian();
    }
    double[] means = random.doubles((long) channels * groups, -1, 1).toArray();
    double[] bias = random.doubles(outputs).toArray();
    List<Integer> shifts = random.ints(outputs, 0, 3).boxed().toList();
    double factor = 20;
    double unit = 1 / factor;
    BiasCorrection correction = new BiasCorrection(bias, means, channels, taps, groups, unit);
    IntegerWeights weights =
        IntegerWeights.rounded(
            TensorData.ofFloats(Shape.of(outputs, channels, taps), reals),
            factor,
            DType.I8,
            shifts,
            correction.withShifts(shifts),
            TaskRunner.CALLER);
    double[] expected = bias.clone();
    long[] integers = weights.toLongs();
    for (int o = 0; o < outputs; o++) {
      for (int c = 0; c < channels; c++) {
        double error = 0;
        for (int t = 0; t < taps; t++) {
          int i = (o * channels + c) * taps + t;
          error += reals[i] - integers[i] * unit;
        }
        expected[o] += error * means[o / (outputs / groups) * channels + c];
      }
    }
    assertArrayEquals(expected, correction.bias(), 1e-9);
  }
}
