package org.zkc.runtime.artifact;

import org.zkc.ir.DType;

/** Element types of the arrays that people exchange with a proved program. */
public enum ElementType {
  /** A real number, carried as an integer times the port's scale. */
  F32(DType.F32),
  /** An index or count, carried as it is. */
  I64(DType.I64),
  /** A boolean, carried as 0 or 1. */
  I1(DType.I1);

  private final DType dtype;

  ElementType(DType dtype) {
    this.dtype = dtype;
  }

  /** The type of arrays given out. */
  public DType dtype() {
    return dtype;
  }

  /** The form in which a tensor of the model's element type is exchanged. */
  public static ElementType of(DType dtype) {
    return switch (dtype) {
      case F32, F64, F16, BF16 -> F32;
      case I64, I32, I16, I8, U8 -> I64;
      case I1 -> I1;
    };
  }
}
