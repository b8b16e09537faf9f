package org.zkc.ir;

import java.util.Objects;

/**
 * An SSA value: defined once, compared by identity. The name is a printing hint and need not be
 * unique.
 */
public final class Value {
  private final String name;
  private final Type type;

  public Value(String name, Type type) {
    this.name = Objects.requireNonNull(name);
    this.type = Objects.requireNonNull(type);
  }

  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  /** The type as a tensor-level type; a program error otherwise. */
  public TensorType tensorType() {
    return (TensorType) type;
  }

  public IntegerType integerType() {
    return (IntegerType) type;
  }

  public ColumnType columnType() {
    return (ColumnType) type;
  }

  public SpectrumType spectrumType() {
    return (SpectrumType) type;
  }

  /** Shape at the tensor, integer and circuit levels. */
  public Shape shape() {
    return switch (type) {
      case TensorType t -> t.shape();
      case IntegerType t -> t.shape();
      case ColumnType t -> t.shape();
      case SpectrumType t -> t.shape();
      case TorchType t ->
          throw new IllegalStateException("a torch-level value has no static shape");
    };
  }

  @Override
  public String toString() {
    return "%" + name;
  }
}
