package org.zkc.stablehlo.program;

import java.util.Locale;
import java.util.Optional;
import org.zkc.ir.DType;

/**
 * Floating-point formats of StableHLO text, named as MLIR names them; those of 8 bits and fewer by
 * their exponent and mantissa.
 */
public enum FloatFormat {
  F4E2M1FN(4),
  F6E2M3FN(6),
  F6E3M2FN(6),
  F8E3M4(8),
  F8E4M3(8),
  F8E4M3FN(8),
  F8E4M3FNUZ(8),
  F8E4M3B11FNUZ(8),
  F8E5M2(8),
  F8E5M2FNUZ(8),
  F8E8M0FNU(8),
  F16(16),
  BF16(16),
  TF32(32),
  F32(32),
  F64(64);

  private final int bits;

  FloatFormat(int bits) {
    this.bits = bits;
  }

  /** Bits of a stored element; that of tf32 takes 32. */
  public int bits() {
    return bits;
  }

  /** The word of the text, {@code f32} or {@code f8E4M3FN}. */
  public String text() {
    return switch (this) {
      case F16, BF16, TF32, F32, F64 -> name().toLowerCase(Locale.ROOT);
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
          F8E8M0FNU ->
          "f" + name().substring(1);
    };
  }

  /** The element type of tensors of this format that a proof may be about; empty for others. */
  Optional<DType> dtype() {
    return switch (this) {
      case F32 -> Optional.of(DType.F32);
      case F64 -> Optional.of(DType.F64);
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
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

  /** The format that a word of the text names. */
  public static Optional<FloatFormat> of(String word) {
    for (FloatFormat format : values()) {
      if (format.text().equals(word)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
