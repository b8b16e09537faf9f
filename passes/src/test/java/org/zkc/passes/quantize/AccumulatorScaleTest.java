package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

final class AccumulatorScaleTest {
  /** torchvision's ViT has a last layer of zeros until it is trained; its outputs are the biases. */
  @Test
  void theBiasOfAMapWithoutWeightsKeepsItsBits() {
    AccumulatorScale scale = new AccumulatorScale(false);
    scale.addMap(0.01, 127, zeros(), 0.25, 1, 8);
    assertTrue(scale.free() <= 0.25 / (1 << 14), "bias in units of " + scale.free());
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
