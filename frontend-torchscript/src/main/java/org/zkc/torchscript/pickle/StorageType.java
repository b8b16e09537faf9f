package org.zkc.torchscript.pickle;

import java.util.Optional;
import org.zkc.ir.DType;

/** Storage classes of the {@code torch} module that may stand in an archive. */
public enum StorageType {
  DOUBLE("DoubleStorage", DType.F64),
  FLOAT("FloatStorage", DType.F32),
  HALF("HalfStorage", DType.F16),
  BFLOAT16("BFloat16Storage", DType.BF16),
  LONG("LongStorage", DType.I64),
  INT("IntStorage", DType.I32),
  SHORT("ShortStorage", DType.I16),
  CHAR("CharStorage", DType.I8),
  BYTE("ByteStorage", DType.U8),
  BOOL("BoolStorage", DType.I1),
  QINT8("QInt8Storage", DType.I8),
  QUINT8("QUInt8Storage", DType.U8),
  QINT32("QInt32Storage", DType.I32);

  private final String className;
  private final DType dtype;

  StorageType(String className, DType dtype) {
    this.className = className;
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
    return dtype.bytes();
  }

  /** The element type in the IR. */
  public DType dtype() {
    return dtype;
  }
}
