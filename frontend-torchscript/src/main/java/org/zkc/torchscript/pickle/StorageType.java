package org.zkc.torchscript.pickle;

import java.util.Optional;
import org.zkc.ir.DType;

/** Storage classes of the {@code torch} module that may stand in an archive. */
public enum StorageType {
  DOUBLE("DoubleStorage", 8, DType.F64),
  FLOAT("FloatStorage", 4, DType.F32),
  HALF("HalfStorage", 2, null),
  BFLOAT16("BFloat16Storage", 2, null),
  LONG("LongStorage", 8, DType.I64),
  INT("IntStorage", 4, DType.I32),
  SHORT("ShortStorage", 2, DType.I16),
  CHAR("CharStorage", 1, DType.I8),
  BYTE("ByteStorage", 1, DType.U8),
  BOOL("BoolStorage", 1, DType.I1);

  private final String className;
  private final int bytes;
  private final DType dtype;

  StorageType(String className, int bytes, DType dtype) {
    this.className = className;
    this.bytes = bytes;
    this.dtype = dtype;
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
    return Optional.ofNullable(dtype);
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
