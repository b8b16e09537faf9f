package org.zkc.ir;

import java.util.Locale;

/** Element types of tensors that come from a model file. */
public enum DType {
  F32(4),
  F64(8),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  I1(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element in little-endian storage; booleans take one byte, 0 or 1. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return this == F32 || this == F64;
  }

  /** The textual form, {@code f32}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
