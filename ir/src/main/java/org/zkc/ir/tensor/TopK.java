package org.zkc.ir.tensor;

import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * An op on the k largest elements along an axis, in descending order; of equal elements the one of
 * the lowest index comes first. The axis has k elements in the result.
 */
public sealed interface TopK extends TensorOp permits TopIndices, TopValues {
  Value input();

  int axis();

  int k();

  /** The result's shape. */
  default Shape shape() {
    return input().shape().with(axis(), k());
  }

  /** The result's element type. */
  DType dtype();
}
