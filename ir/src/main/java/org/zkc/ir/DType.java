package org.zkc.ir;

import java.util.Locale;

/**
 * Element types of tensors that come from a model file. The floating-point types of 16 bits are
 * IEEE's and the upper half of f32; zkc reads them and computes in f32.
 */
public enum DType {
  F32(4),
  F64(8),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  I1(1),
  U16(2),
  U32(4),

  /** Numbers of 2^63 and more, which no long holds, are none of its values here. */
  U64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element in little-endian storage; booleans take one byte, 0 or 1. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return this == F32 || this == F64 || this == F16 || this == BF16;
  }

  /** Whether this is a type of integers that has no negative ones. */
  public boolean isUnsigned() {
    return this == U8 || this == U16 || this == U32 || this == U64;
  }

  /** Whether the integer is a value of this type of integers or booleans. */
  public boolean holds(long value) {
    return switch (this) {
      case I64 -> true;
      case I32 -> value == (int) value;
      case I16 -> value == (short) value;
      case I8 -> value == (byte) value;
      case U8 -> value >= 0 && value < 256;
      case U16 -> value >= 0 && value < 1 << 16;
      case U32 -> value >= 0 && value < 1L << 32;
      case U64 -> value >= 0;
      case I1 -> value == 0 || value == 1;
      case F32, F64, F16, BF16 -> false;
    };
  }

  /** The value of this type of integers that is nearest to an integer. */
  public long nearest(long value) {
    return switch (this) {
      case I64 -> value;
      case I32 -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case I16 -> Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
      case I8 -> Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case U8 -> Math.clamp(value, 0, 255);
      case U16 -> Math.clamp(value, 0, (1 << 16) - 1);
      case U32 -> Math.clamp(value, 0, (1L << 32) - 1);
      case U64 -> Math.max(value, 0);
      case I1 -> Math.clamp(value, 0, 1);
      case F32, F64, F16, BF16 ->
          throw new IllegalArgumentException(text() + " is no type of integers");
    };
  }

  /** The textual form, {@code f32}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
