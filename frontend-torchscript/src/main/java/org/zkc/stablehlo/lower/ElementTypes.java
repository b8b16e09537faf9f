package org.zkc.stablehlo.lower;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloType;

/** ATen's numbers of the element types that are proved, and their properties. */
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

  /**
   * The element type that constants of a type are held in, all of whose elements are of the type:
   * integers of 2 and 4 bits and real numbers of 8 bits and fewer are weights, which programs
   * convert before they compute.
   */
  static Optional<DType> ofConstants(HloElementType element) {
    return switch (element) {
      case HloElementType.IntegerElement integer when integer.bits() > 1 && integer.bits() < 8 ->
          Optional.of(
              integer.signedness() == HloElementType.Signedness.UNSIGNED ? DType.U8 : DType.I8);
      case HloElementType.FloatElement real when real.format().bits() <= 8 ->
          Optional.of(DType.F32);
      case HloElementType.IntegerElement _,
          HloElementType.FloatElement _,
          HloElementType.IndexElement _,
          HloElementType.ComplexElement _,
          HloElementType.Quantized _,
          HloElementType.Opaque _ ->
          element.dtype();
    };
  }

  static boolean isBoolean(HloType.TensorOf type) {
    return type.element().dtype().filter(d -> d == DType.I1).isPresent();
  }

  static boolean isReal(HloType.TensorOf type) {
    return type.element().dtype().filter(DType::isFloating).isPresent();
  }
}
