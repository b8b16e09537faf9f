package org.zkc.passes.torch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/**
 * A torch-level value during partial evaluation: known on the host, or a tensor-level value of
 * static shape.
 */
sealed interface TorchValue {

  /** An int; dtypes, memory formats and layouts are ints too. */
  record Int(long value) implements TorchValue {}

  record Float(double value) implements TorchValue {}

  record Bool(boolean value) implements TorchValue {}

  /** A str; devices are their names. */
  record Text(String value) implements TorchValue {
    public Text {
      Objects.requireNonNull(value);
    }
  }

  record None() implements TorchValue {
    static final None NONE = new None();
  }

  /** A list: immutable, since in-place list operations arrive in functional form. */
  record ListOf(List<TorchValue> elements) implements TorchValue {
    public ListOf {
      elements = List.copyOf(elements);
    }
  }

  record Tuple(List<TorchValue> elements) implements TorchValue {
    public Tuple {
      elements = List.copyOf(elements);
    }
  }

  /** A tensor of static shape. */
  sealed interface Tensor extends TorchValue {
    Shape shape();

    /** The element type that PyTorch gives it. */
    DType dtype();
  }

  /** A tensor whose elements are known: a parameter, a constant, or computed from those. */
  record KnownTensor(TensorData data, String name) implements Tensor {
    public KnownTensor {
      Objects.requireNonNull(data);
      Objects.requireNonNull(name);
    }

    @Override
    public Shape shape() {
      return data.shape();
    }

    @Override
    public DType dtype() {
      return data.dtype();
    }
  }

  /**
   * A tensor that depends on the input. A floating-point tensor's value is f32 whatever its {@code
   * dtype}, which is kept because the program may ask for it; the value of integers and booleans
   * has the {@code dtype}.
   */
  record TracedTensor(Value value, DType dtype) implements Tensor {
    public TracedTensor {
      Objects.requireNonNull(value);
      DType held = value.tensorType().dtype();
      if (held != (dtype.isFloating() ? DType.F32 : dtype)) {
        throw new IllegalArgumentException(
            "a tensor of %s is held as %s".formatted(dtype.text(), held.text()));
      }
    }

    @Override
    public Shape shape() {
      return value.shape();
    }
  }

  /**
   * A quantised tensor of PyTorch that depends on the input.
   *
   * @param tensor the numbers that its integers stand for
   */
  record QuantizedTensor(TracedTensor tensor, QuantizedTensors.Grid grid) implements TorchValue {
    public QuantizedTensor {
      Objects.requireNonNull(tensor);
      Objects.requireNonNull(grid);
    }
  }

  /**
   * A tensor of complex numbers.
   *
   * @param imaginary of the shape of {@code real}; both hold real numbers
   */
  record ComplexTensor(Tensor real, Tensor imaginary) implements TorchValue {
    public ComplexTensor {
      if (!real.shape().equals(imaginary.shape())) {
        throw new IllegalArgumentException(
            "real parts of shape %s, imaginary ones of %s"
                .formatted(real.shape(), imaginary.shape()));
      }
    }

    Shape shape() {
      return real.shape();
    }
  }

  /**
   * A truth value, index or number computed from the input: an error as soon as anything depends on
   * it.
   */
  record DataDependent(String operator, Location location) implements TorchValue {}

  /**
   * The result of an operator that cannot be proved: an error as soon as anything depends on it, so
   * code whose result is unused does no harm.
   *
   * @param reason of its own, or that of the first cause
   * @param causes operands that are refused themselves; kept by a walk that collects faults only
   */
  record Refused(UserException reason, List<Refused> causes) implements TorchValue {
    public Refused {
      Objects.requireNonNull(reason);
      causes = List.copyOf(causes);
    }

    Refused(UserException reason) {
      this(reason, List.of());
    }

    /** Only itself: causes have causes, as far back as the program is long. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * A dictionary, in the order of its keys' first insertion: immutable, as lists are. Keys are
   * known.
   */
  record DictOf(Map<TorchValue, TorchValue> entries) implements TorchValue {
    public DictOf {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  static ListOf ints(List<Integer> values) {
    return new ListOf(values.stream().map(v -> (TorchValue) new Int(v)).toList());
  }

  /** The elements of a list or tuple. */
  default Optional<List<TorchValue>> sequence() {
    return switch (this) {
      case ListOf l -> Optional.of(l.elements());
      case Tuple t -> Optional.of(t.elements());
      default -> Optional.empty();
    };
  }

  /** An int, a bool as 0 or 1, or the element of a known integer tensor that has only one. */
  default OptionalLong integer() {
    return switch (this) {
      case Int i -> OptionalLong.of(i.value());
      case Bool b -> OptionalLong.of(b.value() ? 1 : 0);
      case KnownTensor k when k.data().elementCount() == 1 && !k.dtype().isFloating() ->
          OptionalLong.of(k.data().getLong(0));
      default -> OptionalLong.empty();
    };
  }

  /** A number, a bool as 0 or 1, or the element of a known tensor that has only one. */
  default OptionalDouble number() {
    return switch (this) {
      case Int i -> OptionalDouble.of(i.value());
      case Float f -> OptionalDouble.of(f.value());
      case Bool b -> OptionalDouble.of(b.value() ? 1 : 0);
      case KnownTensor k when k.data().elementCount() == 1 ->
          OptionalDouble.of(k.data().getDouble(0));
      default -> OptionalDouble.empty();
    };
  }

  /** The name of the value's kind in a message: {@code int}, {@code Tensor}. */
  default String kind() {
    return switch (this) {
      case Int v -> "int";
      case Float v -> "float";
      case Bool v -> "bool";
      case Text v -> "str";
      case None v -> "None";
      case ListOf v -> "list";
      case Tuple v -> "tuple";
      case KnownTensor v -> "constant Tensor";
      case TracedTensor v -> "Tensor";
      case QuantizedTensor v -> "quantised Tensor";
      case ComplexTensor v -> "complex Tensor";
      case DataDependent v -> "value computed from the input";
      case Refused v -> "value that cannot be proved";
      case DictOf v -> "dict";
    };
  }
}
