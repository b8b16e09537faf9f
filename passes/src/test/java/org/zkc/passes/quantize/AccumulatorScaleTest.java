package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

final class AccumulatorScaleTest {
  /**
   * torchvision's ViT has a last layer of zeros until it is trained; its outputs are the biases.
   */
  @Test
  void theBiasOfAMapWithoutWeightsKeepsItsBits() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addMap(0.01, 127, Double.POSITIVE_INFINITY, zeros(), 0.25, 1, 8);
    assertTrue(scale.free() <= 0.25 / (1 << 14), "bias in units of " + scale.free());
  }

  /** 64 equal weights: their sum is 8 times their 2-norm, and a line of norm 127 is one element. */
  @Test
  void boundsByNormsKeepBitsOfWeights() {
    float[] ones = new float[64];
    Arrays.fill(ones, 1);
    WeightStatistics weights = WeightStatistics.of(TensorData.ofFloats(Shape.of(1, 64), ones));
    double[] scales = new double[2];
    for (int k = 0; k < 2; k++) {
      AccumulatorScale scale = new AccumulatorScale(false);
      double norm = k == 0 ? Double.POSITIVE_INFINITY : 1 << 13;
      scale.addMap(1, 1 << 13, norm, weights, 0, 1, 18);
      scales[k] = scale.free();
    }
    assertEquals(8, scales[0] / scales[1]);
  }

  /** A number less its whole part: wrong by 3 % of the number where a multiplier has 4 bits. */
  @Test
  void finePartsKeepTheirBitsBesideCoarseOnes() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addIntegers(1.0 / 1024, 7 * 1024, 1);
    scale.addIntegers(1, 7, 1);
    double step = 1.0 / 700 / (1 << scale.shift(1.0 / 700));
    assertTrue(step <= 1.0 / 1024 / (1 << 7), "in units of " + step);
  }

  /** Sums have no room for both: what is left of the fine part would be no bit. */
  @Test
  void partsFarApartHaveNoScale() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addIntegers(0.01, 127, 1);
    scale.addIntegers(1, 1, 1e9);
    assertEquals(-1, scale.shift(15));
  }

  @Test
  void constantsAloneKeepTheirBits() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addConstants(3e-4, 1);
    assertTrue(scale.free() <= 3e-4 / (1 << 14), "constants in units of " + scale.free());
  }

  @Test
  void nothingButZerosHasUnitOne() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addConstants(0, 1);
    assertEquals(1, scale.free());
  }

  private static WeightStatistics zeros() {
    return WeightStatistics.of(TensorData.ofFloats(Shape.of(2, 3), new float[6]));
  }
}
