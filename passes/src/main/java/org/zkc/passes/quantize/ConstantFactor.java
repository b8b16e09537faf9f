package org.zkc.passes.quantize;

import java.util.Arrays;
import org.zkc.ir.Shape;

/** How the constant of a product (or, inverted, of a quotient) varies over the result. */
sealed interface ConstantFactor {

  /** One number: it goes into the scale. */
  record Uniform(double factor) implements ConstantFactor {}

  /** One number per index of axis 1: a depthwise convolution with a kernel of one element. */
  record PerChannel(double[] factors) implements ConstantFactor {}

  /** Anything else: a product with a parameter. */
  record PerElement(double[] factors) implements ConstantFactor {}

  /** Classifies the row-major factors of a result of the given shape. */
  static ConstantFactor of(double[] factors, Shape shape) {
    if (factors.length == 0 || Arrays.stream(factors).allMatch(f -> f == factors[0])) {
      return new Uniform(factors.length == 0 ? 1 : factors[0]);
    }
    if (shape.rank() < 2) {
      return new PerElement(factors);
    }
    int channels = shape.extent(1);
    int inner = factors.length / (shape.extent(0) * channels);
    double[] perChannel = new double[channels];
    for (int c = 0; c < channels; c++) {
      perChannel[c] = factors[c * inner];
    }
    for (int i = 0; i < factors.length; i++) {
      if (factors[i] != perChannel[i / inner % channels]) {
        return new PerElement(factors);
      }
    }
    return new PerChannel(perChannel);
  }
}
