package org.zkc.stablehlo.lower;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloType;

/** The element types that are proved, and ATen's numbers of them. */
final class ElementTypes {
  private ElementTypes() {}

  /** The element type of the tensor level; empty for types that no proof is about. */
  static Optional<DType> dtype(HloElementType element) {
    return switch (element) {
      case HloElementType.IntegerElement i -> integer(i);
      case HloElementType.FloatElement f -> real(f.format());
      case HloElementType.IndexElement _,
          HloElementType.ComplexElement _,
          HloElementType.Quantized _,
          HloElementType.Opaque _ ->
          Optional.empty();
    };
  }

  private static Optional<DType> integer(HloElementType.IntegerElement type) {
    boolean unsigned = type.signedness() == Signedness.UNSIGNED;
    if (type.isBoolean()) {
      return Optional.of(DType.I1);
    }
    return switch (type.bits()) {
      case 8 -> Optional.of(unsigned ? DType.U8 : DType.I8);
      case 16 -> unsigned ? Optional.empty() : Optional.of(DType.I16);
      case 32 -> unsigned ? Optional.empty() : Optional.of(DType.I32);
      case 64 -> unsigned ? Optional.empty() : Optional.of(DType.I64);
      default -> Optional.empty();
    };
  }

  private static Optional<DType> real(FloatFormat format) {
    return switch (format) {
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
      case F32 -> Optional.of(DType.F32);
      case F64 -> Optional.of(DType.F64);
      case F4E2M1FN,
          F6E2M3FN,
          F6E3M2FN,
          F8E3M4,
          F8E4M3,
          F8E4M3FN,
          F8E4M3FNUZ,
          F8E4M3B11FNUZ,
          F8E5M2,
          F8E5M2FNUZ,
          F8E8M0FNU,
          TF32 ->
          Optional.empty();
    };
  }

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
    };
  }

  static boolean isBoolean(HloType.TensorOf type) {
    return dtype(type.element()).filter(d -> d == DType.I1).isPresent();
  }

  static boolean isReal(HloType.TensorOf type) {
    return dtype(type.element()).filter(DType::isFloating).isPresent();
  }
}
