package org.zkc.ir;

import java.util.Objects;

/**
 * An integer-level value: {@code int<1x3x32x32 [-128, 127] 0.0125>}. Every element lies in [low,
 * high]; the real number it stands for is element times scale.
 */
public record IntegerType(Shape shape, long low, long high, double scale) implements Type {
  private static final double SCALE_TOLERANCE = 1e-9;

  public IntegerType {
    Objects.requireNonNull(shape);
    if (low > high) {
      throw new IllegalArgumentException("empty interval [" + low + ", " + high + "]");
    }
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException("scale must be positive and finite, got " + scale);
    }
  }

  /** Two's-complement bits that hold the interval. */
  public int bits() {
    return 65
        - Math.min(
            Long.numberOfLeadingZeros(low ^ (low >> 63)),
            Long.numberOfLeadingZeros(high ^ (high >> 63)));
  }

  /** Whether the scale is {@code other}, up to the rounding of products of scales. */
  public boolean isOfScale(double other) {
    return Math.abs(scale - other) <= SCALE_TOLERANCE * Math.abs(other);
  }

  public IntegerType withShape(Shape newShape) {
    return new IntegerType(newShape, low, high, scale);
  }
}
