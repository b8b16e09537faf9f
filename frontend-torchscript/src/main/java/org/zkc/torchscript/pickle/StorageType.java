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
  QINT32("QInt32Storage", DType.I32),
  COMPLEX_FLOAT("ComplexFloatStorage", DType.F32, true),
  COMPLEX_DOUBLE("ComplexDoubleStorage", DType.F64, true);

  private final String className;
  private final DType dtype;
  private final boolean isComplex;

  StorageType(String className, DType dtype) {
    this(className, dtype, false);
  }

  StorageType(String className, DType dtype, boolean isComplex) {
    this.className = className;
    this.dtype = dtype;
    this.isComplex = isComplex;
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
    return isComplex ? 2 * dtype.bytes() : dtype.bytes();
  }

  /** Whether an element is two numbers, a real and an imaginary part. */
  public boolean isComplex() {
    return isComplex;
  }

  /** The type of an element, or of its parts, in the IR. */
  public DType dtype() {
    return dtype;
  }
}
