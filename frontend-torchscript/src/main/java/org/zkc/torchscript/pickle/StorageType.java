package org.zkc.torchscript.pickle;

import java.util.Optional;
import org.zkc.ir.DType;

/** Storage classes of the {@code torch} module that may stand in an archive. */
public enum StorageType {
  DOUBLE("DoubleStorage", DType.F64),
  FLOAT("FloatStorage", DType.F32),
  HALF("HalfStorage", 2),
  BFLOAT16("BFloat16Storage", 2),
  LONG("LongStorage", DType.I64),
  INT("IntStorage", DType.I32),
  SHORT("ShortStorage", DType.I16),
  CHAR("CharStorage", DType.I8),
  BYTE("ByteStorage", DType.U8),
  BOOL("BoolStorage", DType.I1);

  private final String className;
  private final int bytes;
  private final Optional<DType> dtype;

  StorageType(String className, DType dtype) {
    this.className = className;
    this.bytes = dtype.bytes();
    this.dtype = Optional.of(dtype);
  }

  /** A type that the IR does not have. */
  StorageType(String className, int bytes) {
    this.className = className;
    this.bytes = bytes;
    this.dtype = Optional.empty();
  }

  /** The type of a {@code torch} class name, {@code FloatStorage}. */
  static Optional<StorageType> ofClass(String name) {
    for (StorageType type : values()) {
      if (type.className.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The element type in the IR; empty for the 16-bit floats, which zkc does not compute in. */
  public Optional<DType> dtype() {
    return dtype;
  }

  /** The name users know, {@code float16}. */
  public String torchName() {
    return switch (this) {
      case DOUBLE -> "float64";
      case FLOAT -> "float32";
      case HALF -> "float16";
      case BFLOAT16 -> "bfloat16";
      case LONG -> "int64";
      case INT -> "int32";
      case SHORT -> "int16";
      case CHAR -> "int8";
      case BYTE -> "uint8";
      case BOOL -> "bool";
    };
  }
}
