package org.zkc.ir;

import java.util.Objects;

/** A tensor-level value: {@code tensor<1x3x32x32:f32>}. */
public record TensorType(DType dtype, Shape shape) implements Type {
  public TensorType {
    Objects.requireNonNull(dtype);
    Objects.requireNonNull(shape);
  }
}
