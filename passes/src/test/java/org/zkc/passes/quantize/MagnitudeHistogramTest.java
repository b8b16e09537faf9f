package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MagnitudeHistogramTest {
  private static float[] normal(long seed, int count, double deviation) {
    Random random = new Random(seed);
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) (deviation * random.nextGaussian());
    }
    return out;
  }

  @Test
  void theOrderOfSamplesDoesNotMatter() {
    float[] small = normal(1, 5000, 0.01);
    float[] large = normal(2, 5000, 37);
    MagnitudeHistogram one = new MagnitudeHistogram();
    one.add(small);
    one.add(large);
    MagnitudeHistogram other = new MagnitudeHistogram();
    other.add(large);
    other.add(small);
    for (int levels : new int[] {7, 127, 4095}) {
      assertEquals(one.threshold(2, levels), other.threshold(2, levels));
    }
  }

  @Test
  void fewElementsHaveTheThresholdOfTheSameOnesManyTimes() {
    float[] few = normal(5, 300, 2);
    few[11] = 40;
    MagnitudeHistogram one = new MagnitudeHistogram();
    for (float e : few) {
      one.add(new float[] {e});
    }
    MagnitudeHistogram other = new MagnitudeHistogram();
    for (int k = 0; k < 4; k++) { // four, so that shares of the total are the same doubles
      other.add(few);
    }
    for (int levels : new int[] {3, 7, 127, 4095}) {
      assertEquals(one.threshold(2, levels), other.threshold(2, levels));
    }
  }

  @Test
  void manyLevelsKeepTheWholeRange() {
    MagnitudeHistogram h = new MagnitudeHistogram();
    h.add(normal(3, 10_000, 1));
    assertEquals(2 * h.greatest(), h.threshold(2, 1 << 14), 0.05 * h.greatest());
  }

  @Test
  void fewLevelsCutOutliers() {
    MagnitudeHistogram h = new MagnitudeHistogram();
    float[] x = normal(4, 10_000, 1);
    x[17] = 50;
    h.add(x);
    assertEquals(50, h.greatest());
    double threshold = h.threshold(1, 7);
    assertTrue(threshold < 15, "threshold " + threshold);
    assertTrue(threshold > 2, "threshold " + threshold);
  }

  @Test
  void zerosHaveNoRange() {
    MagnitudeHistogram h = new MagnitudeHistogram();
    h.add(new float[10]);
    assertEquals(0, h.threshold(4, 255));
    h.add(new float[] {3});
    assertEquals(3, h.greatest());
  }
}
