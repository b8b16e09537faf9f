package org.zkc.stablehlo.lower;

import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloType;

/** ATen's numbers of the element types that are proved, and what they are. */
final class ElementTypes {
  private ElementTypes() {}

  /** ATen's number of an element type (c10/core/ScalarType.h). */
  static long atenNumber(DType dtype) {
    return switch (dtype) {
      case U8 -> 0;
      case I8 -> 1;
      case I16 -> 2;
      case I32 -> 3;
      case I64 -> 4;
      case F16 -> 5;
      case F32 -> 6;
      case F64 -> 7;
      case I1 -> 11;
      case BF16 -> 15;
      case U16 -> 27;
      case U32 -> 28;
      case U64 -> 29;
    };
  }

  static boolean isBoolean(HloType.TensorOf type) {
    return type.element().dtype().filter(d -> d == DType.I1).isPresent();
  }

  static boolean isReal(HloType.TensorOf type) {
    return type.element().dtype().filter(DType::isFloating).isPresent();
  }
}
