package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.integer.NormRules;

/** The variation of the constant of a product (or, inverted, of a quotient) over the result. */
sealed interface ConstantFactor {

  /** One number: it goes into the scale. */
  record Uniform(double factor) implements ConstantFactor {}

  /** One number per index of axis 1: a depthwise convolution with a kernel of one element. */
  record PerChannel(double[] factors) implements ConstantFactor {}

  /** Anything else: a product with a parameter. */
  record PerElement(double[] factors) implements ConstantFactor {}

  /**
   * The exponents of factors that are powers of two, one for each index on the result's last axis;
   * empty for others.
   *
   * @param extent of the last axis
   */
  default Optional<List<Integer>> exponents(int extent) {
    return alongLast(extent)
        .filter(ConstantFactor::arePowers)
        .map(factors -> Arrays.stream(factors).mapToInt(Math::getExponent).boxed().toList());
  }

  /** Whether factors are powers of two whose exponents the channels of a norm may have. */
  static boolean arePowers(double[] factors) {
    return Arrays.stream(factors)
        .allMatch(f ->
            Math.abs(Math.getExponent(f)) <= NormRules.MOST_EXPONENT
                && f == Math.scalb(1.0, Math.getExponent(f)));
  }

  /**
   * The factors, one for each index on the result's last axis; empty where they depend on more.
   *
   * @param extent of the last axis
   */
  default Optional<double[]> alongLast(int extent) {
    double[] all =
        switch (this) {
          case Uniform _ -> new double[0];
          case PerChannel p -> p.factors();
          case PerElement p -> p.factors();
        };
    if (all.length < extent) {
      return Optional.empty();
    }
    for (int i = extent; i < all.length; i++) {
      if (all[i] != all[i % extent]) {
        return Optional.empty();
      }
    }
    return Optional.of(Arrays.copyOf(all, extent));
  }

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
