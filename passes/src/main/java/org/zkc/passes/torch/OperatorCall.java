package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * One call of an operator with evaluated arguments, in schema order; accessors report misfits at
 * the user's line.
 */
record OperatorCall(
    String operator,
    String overload,
    List<TorchValue> arguments,
    Location location,
    TensorEmitter emit) {

  /** Argument {@code index}; None where the schema of an older writer has fewer. */
  TorchValue argument(int index) {
    TorchValue argument = index < arguments.size() ? arguments.get(index) : TorchValue.None.NONE;
    if (argument instanceof DataDependent d) {
      throw dataDependent(d, location);
    }
    if (argument instanceof Refused r) {
      throw r.reason();
    }
    return argument;
  }

  /** The error for anything that needs to know a value that is computed from the input. */
  static UserException dataDependent(DataDependent value, Location location) {
    return new DataDependence(
        location.isKnown() ? location : value.location(),
        "this depends on the values of the input, through %s: a proof fixes one sequence of operations for all inputs"
            .formatted(value.operator()),
        "rewrite it without a data-dependent branch, index or size");
  }

  boolean isNone(int index) {
    return argument(index) instanceof None;
  }

  Tensor tensor(int index) {
    if (argument(index) instanceof Tensor t) {
      return t;
    }
    throw mismatch(index, "a Tensor");
  }

  /** A tensor argument as a floating-point value of the program under construction. */
  Value value(int index) {
    return value(tensor(index));
  }

  Value value(Tensor tensor) {
    if (tensor instanceof TracedTensor t && !t.dtype().isFloating()) {
      throw refuse(
          "it computes on %s; convert them with .float() first"
              .formatted(t.dtype() == DType.I1 ? "booleans" : "integers"));
    }
    return held(tensor);
  }

  /**
   * A tensor argument as a value of any element type, for operators that only move elements.
   * Elements of constants are f32.
   */
  Value held(int index) {
    return held(tensor(index));
  }

  Value held(Tensor tensor) {
    return switch (tensor) {
      case TracedTensor t -> t.value();
      case KnownTensor k -> emit.constant(k.data(), k.name());
    };
  }

  /**
   * A tensor argument for operators that move elements: integers and booleans that the input
   * decides are 64-bit integers, which {@link #movedResult} takes back.
   */
  Value moved(int index) {
    return tensor(index) instanceof TracedTensor t && !t.dtype().isFloating()
        ? in(DType.I64, t)
        : value(index);
  }

  /** The result of an operator that has moved elements of its first argument. */
  Tensor movedResult(Value value) {
    DType dtype = tensor(0).dtype();
    boolean isExact = tensor(0) instanceof TracedTensor && !dtype.isFloating();
    return isExact ? result(emit.cast(value, dtype), dtype) : result(value);
  }

  /** A tensor among values that may be others. */
  Tensor tensorOf(TorchValue value) {
    if (value instanceof Tensor t) {
      return t;
    }
    throw refuse("%s where a Tensor is needed".formatted(value.kind()));
  }

  /**
   * A tensor or number in an element type, f32 for the floating-point ones. Real numbers computed
   * from the input become integers towards zero, and true where they are not 0.
   */
  Value in(DType dtype, TorchValue value) {
    DType held = dtype.isFloating() ? DType.F32 : dtype;
    return switch (value) {
      case TracedTensor t when t.dtype().isFloating() && dtype == DType.I1 ->
          emit.compareZero(t.value(), Comparison.NOT_EQUAL);
      case TracedTensor t when t.dtype().isFloating() && !dtype.isFloating() ->
          WholeNumbers.integers(emit, t.value(), dtype);
      case TracedTensor t when t.dtype().isFloating() -> t.value();
      case TracedTensor t -> emit.cast(t.value(), held);
      case KnownTensor k when dtype.isFloating() -> emit.constant(k.data(), k.name());
      case KnownTensor k -> emit.integers(HostTensors.cast(k.data(), dtype), k.name());
      default -> {
        double number =
            value.number().orElseThrow(() -> refuse("%s is no number".formatted(value.kind())));
        yield dtype.isFloating()
            ? emit.scalar(number)
            : emit.integers(HostTensors.cast(HostTensors.scalar(number), dtype), "");
      }
    };
  }

  Optional<Value> optionalValue(int index) {
    return isNone(index) ? Optional.empty() : Optional.of(value(index));
  }

  /** A tensor argument that must not depend on the input. */
  KnownTensor knownTensor(int index, String role) {
    if (tensor(index) instanceof KnownTensor k) {
      return k;
    }
    throw refuse(
        "its %s is computed from the input; only constant %s can be proved".formatted(role, role));
  }

  List<Tensor> tensors(int index) {
    List<Tensor> out = new ArrayList<>();
    for (TorchValue each : elements(index)) {
      if (each instanceof Refused r) {
        throw r.reason();
      }
      if (each instanceof Tensor t) {
        out.add(t);
      } else {
        throw mismatch(index, "a list of Tensors");
      }
    }
    return out;
  }

  List<TorchValue> elements(int index) {
    return argument(index).sequence().orElseThrow(() -> mismatch(index, "a list"));
  }

  /** An int, or the element of a known integer tensor without axes. */
  long integer(int index) {
    return integer(argument(index), index);
  }

  private long integer(TorchValue value, int index) {
    if (value instanceof DataDependent d) {
      throw dataDependent(d, location);
    }
    if (value instanceof Refused r) {
      throw r.reason();
    }
    return value.integer().orElseThrow(() -> mismatch(index, "an int"));
  }

  long integer(int index, long whenNone) {
    return isNone(index) ? whenNone : integer(index);
  }

  int extent(int index) {
    return narrow(integer(index));
  }

  int narrow(long value) {
    if (value != (int) value) {
      throw refuse("the number %d is out of range".formatted(value));
    }
    return (int) value;
  }

  /** A list of ints, or a single one as a list. */
  List<Integer> integers(int index) {
    TorchValue argument = argument(index);
    if (argument instanceof ListOf || argument instanceof Tuple) {
      return elements(index).stream().map(e -> narrow(integer(e, index))).toList();
    }
    return List.of(narrow(integer(index)));
  }

  /** {@code integers}, with a single element repeated for {@code axes} axes. */
  List<Integer> perAxis(int index, int axes) {
    List<Integer> given = integers(index);
    if (given.size() == axes) {
      return given;
    }
    if (given.size() == 1) {
      return Collections.nCopies(axes, given.getFirst());
    }
    throw refuse("argument %d names %d axes, not %d".formatted(index + 1, given.size(), axes));
  }

  /** A number, or the element of a known tensor of one element. */
  double number(int index) {
    if (argument(index) instanceof TracedTensor) {
      throw dataDependent(new DataDependent(operator, location), location);
    }
    return argument(index).number().orElseThrow(() -> mismatch(index, "a number"));
  }

  double number(int index, double whenNone) {
    return isNone(index) ? whenNone : number(index);
  }

  /** A bool; None is false. */
  boolean flag(int index) {
    return !isNone(index)
        && argument(index).integer().orElseThrow(() -> mismatch(index, "a bool")) != 0;
  }

  String text(int index) {
    if (argument(index) instanceof Text t) {
      return t.value();
    }
    throw mismatch(index, "a str");
  }

  /** An axis argument with negative numbers resolved for a tensor of {@code rank} axes. */
  int axis(int index, int rank) {
    return resolveAxis(integer(index), rank);
  }

  /** An axis number with negative ones resolved. */
  int resolveAxis(long axis, int rank) {
    int range = Math.max(rank, 1);
    if (axis < -range || axis >= range) {
      throw refuse("axis %d does not exist, the tensor has %d".formatted(axis, rank));
    }
    return (int) (axis < 0 ? axis + range : axis);
  }

  /** The result of an operator whose elements have the type of its tensor arguments. */
  Tensor result(Value value) {
    return result(value, Promotion.ofTensors(arguments));
  }

  Tensor result(Value value, DType dtype) {
    if (value.shape().elementCount() == 0) { // nothing of the input is in it
      return new KnownTensor(
          HostTensors.cast(TensorData.ofFloats(value.shape(), new float[0]), dtype), "");
    }
    return emit.known(value)
        .map(c -> (Tensor) new KnownTensor(as(c.data(), dtype), c.name()))
        .or(() -> emit.computed(value).map(data -> new KnownTensor(as(data, dtype), "")))
        .orElseGet(() -> {
          DType held = value.tensorType().dtype();
          return new TracedTensor(value, held.isFloating() && dtype.isFloating() ? dtype : held);
        });
  }

  /**
   * Integers that went through an f32 constant, back in their own type; they are exact up to 2^24.
   */
  private TensorData as(TensorData data, DType dtype) {
    return dtype.isFloating() ? data : HostTensors.cast(data, dtype);
  }

  /** The error for an operator that cannot be proved, with what to use in its place. */
  UserException unsupported() {
    return Remedies.refusal(operator, location);
  }

  UserException refuse(String why) {
    return new UserException(location, "%s cannot be proved here: %s".formatted(operator, why));
  }

  private UserException mismatch(int index, String expected) {
    String found = index < arguments.size() ? arguments.get(index).kind() : "nothing";
    return refuse("argument %d is %s where %s is needed".formatted(index + 1, found, expected));
  }
}
