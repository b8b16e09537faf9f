package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.Choices.Evaluation;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Numbers that stand for infinity outside softmaxes: bounds that bound nothing, sums in which every
 * digit of the other term is lost, and fills before a function that is flat there, as in {@code
 * exp(x.masked_fill(mask, -inf))}. The result of an operation on such a number is known while
 * compiling, so no integers need to hold the number.
 */
final class Infinities {
  /** A number beyond this keeps none of the digits of what is added, in single precision. */
  private static final double SWALLOWS = 1e30;

  /** Results beyond this are no numbers beside others. */
  private static final double MOST = 1e9;

  private static final Set<String> SUMS = Set.of("aten.add", "aten.sub", "aten.rsub");

  private static final Set<String> SCALINGS = Set.of("aten.mul", "aten.div");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "aten.exp",
          "aten.exp2",
          "aten.expm1",
          "aten.sigmoid",
          "aten.hardsigmoid",
          "aten.tanh",
          "aten.hardtanh",
          "aten.relu",
          "aten.relu6",
          "aten.leaky_relu",
          "aten.elu",
          "aten.celu",
          "aten.selu",
          "aten.gelu",
          "aten.silu",
          "aten.hardswish",
          "aten.softplus",
          "aten.erf",
          "aten.atan",
          "aten.clamp",
          "aten.clamp_min");

  /**
   * A tensor some of whose elements were replaced by one number.
   *
   * @param finite the tensor before that, or with a modest number in place of the fill
   * @param included 1 where an element is the tensor's own, 0 where it was replaced; broadcast
   * @param number the fill
   */
  private record Filled(Value finite, Value included, double number) {}

  private final Map<Value, Filled> fills = new IdentityHashMap<>();

  /** Remembers what a value was filled with. */
  void note(Value value, Value finite, Value included, double number) {
    fills.put(value, new Filled(finite, included, number));
  }

  /** The result of a call that such numbers decide; empty for other calls. */
  Optional<TorchValue> apply(OperatorCall call, Evaluation evaluation) {
    String operator = call.operator();
    if (SUMS.contains(operator)) {
      Optional<TorchValue> swallowed = swallowed(call, evaluation);
      return swallowed.isPresent() ? swallowed : moved(call, evaluation);
    }
    if (operator.equals("aten.maximum") || operator.equals("aten.max")) {
      return unbounded(call, -1);
    }
    if (operator.equals("aten.minimum") || operator.equals("aten.min")) {
      return unbounded(call, 1);
    }
    if (FUNCTIONS.contains(operator)) {
      Optional<TorchValue> chosen = chosen(call, evaluation);
      return chosen.isPresent() ? chosen : withoutBounds(call, evaluation);
    }
    return Choices.VIEWS.contains(operator) || SCALINGS.contains(operator)
        ? moved(call, evaluation)
        : Optional.empty();
  }

  /** A sum of which one term keeps none of the other's digits, anywhere: that term. */
  private static Optional<TorchValue> swallowed(OperatorCall call, Evaluation evaluation) {
    for (int traced = 0; traced < 2; traced++) {
      if (call.argument(traced) instanceof TracedTensor t
          && t.dtype().isFloating()
          && call.argument(1 - traced) instanceof KnownTensor huge
          && isAll(huge, -1) | isAll(huge, 1)) {
        TensorData zeros = HostTensors.broadcast(HostTensors.scalar(0), t.shape());
        KnownTensor none = new KnownTensor(HostTensors.cast(zeros, t.dtype()), "");
        TorchValue sum = evaluation.of(with(call, traced, none));
        return sum instanceof KnownTensor k
            ? Optional.of(SelectionOperators.finite(k))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The greater of a tensor and numbers near minus infinity, or the smaller of it and numbers near
   * infinity: the tensor.
   *
   * @param sign of the numbers that bound nothing
   */
  private static Optional<TorchValue> unbounded(OperatorCall call, int sign) {
    for (int traced = 0; traced < 2 && call.arguments().size() == 2; traced++) {
      if (call.argument(traced) instanceof TracedTensor t
          && call.argument(1 - traced) instanceof KnownTensor bound
          && bound.dtype() == t.dtype()
          && isAll(bound, sign)) {
        TensorEmitter emit = call.emit();
        Shape shape = emit.broadcast(t.shape(), bound.shape());
        return Optional.of(new TracedTensor(emit.broadcast(t.value(), shape), t.dtype()));
      }
    }
    return Optional.empty();
  }

  /** A clamp without the bounds that bound nothing. */
  private static Optional<TorchValue> withoutBounds(OperatorCall call, Evaluation evaluation) {
    if (!call.operator().startsWith("aten.clamp")
        || !(call.argument(0) instanceof TracedTensor input)
        || !input.dtype().isFloating()) {
      return Optional.empty();
    }
    boolean isLowOpen = isOpen(call.argument(1), -1);
    boolean isHighOpen = call.arguments().size() < 3 || isOpen(call.argument(2), 1);
    if (isLowOpen && isHighOpen) {
      return Optional.of(input);
    }
    return isLowOpen && !call.isNone(1)
        ? Optional.of(evaluation.of(with(call, 1, TorchValue.None.NONE)))
        : Optional.empty();
  }

  private static boolean isOpen(TorchValue bound, int sign) {
    return switch (bound) {
      case TorchValue.None n -> true;
      case KnownTensor k -> isAll(k, sign);
      case TracedTensor t -> false;
      default -> sign * bound.number().orElse(0) >= SWALLOWS;
    };
  }

  /** A function of a filled tensor: of the fill it is known, and modest. */
  private Optional<TorchValue> chosen(OperatorCall call, Evaluation evaluation) {
    if (!(call.argument(0) instanceof TracedTensor input)) {
      return Optional.empty();
    }
    Filled filled = fills.get(input.value());
    if (filled == null) {
      return Optional.empty();
    }
    KnownTensor fill =
        new KnownTensor(HostTensors.cast(HostTensors.scalar(filled.number), input.dtype()), "");
    OptionalDouble there = only(call, evaluation.of(with(call, 0, fill)));
    TorchValue elsewhere =
        evaluation.of(with(call, 0, new TracedTensor(filled.finite, input.dtype())));
    if (there.isEmpty()
        || !(Math.abs(there.getAsDouble()) <= MOST)
        || !(elsewhere instanceof TracedTensor own)) {
      return Optional.empty();
    }
    TensorEmitter emit = call.emit();
    Value kept = emit.multiply(own.value(), filled.included);
    double constant = there.getAsDouble();
    Value sum =
        constant == 0
            ? kept
            : emit.add(
                kept,
                emit.multiply(
                    emit.subtract(emit.scalar(1), filled.included), emit.scalar(constant)));
    return Optional.of(new TracedTensor(emit.broadcast(sum, input.shape()), own.dtype()));
  }

  /** The element of a constant of one element. */
  private static OptionalDouble only(OperatorCall call, TorchValue value) {
    Optional<TensorData> data =
        switch (value) {
          case KnownTensor k -> Optional.of(k.data());
          case TracedTensor t -> call.emit().computed(t.value());
          default -> Optional.empty();
        };
    return data.isPresent() ? OptionalDouble.of(data.get().getDouble(0)) : OptionalDouble.empty();
  }

  /** A sum, a positive multiple or a view of a filled tensor, which stays one. */
  private Optional<TorchValue> moved(OperatorCall call, Evaluation evaluation) {
    int at = -1;
    for (int i = 0; i < call.arguments().size(); i++) {
      if (call.argument(i) instanceof TracedTensor t && fills.containsKey(t.value())) {
        if (at >= 0) {
          return Optional.empty();
        }
        at = i;
      }
    }
    if (at < 0 || !(call.argument(at) instanceof TracedTensor input)) {
      return Optional.empty();
    }
    Filled filled = Objects.requireNonNull(fills.get(input.value()), "it was found filled");
    OptionalDouble number = number(call, at, filled.number);
    if (Math.abs(filled.number) < SWALLOWS || number.isEmpty()) {
      return Optional.empty();
    }
    TorchValue result = evaluation.of(call);
    TorchValue finite =
        evaluation.of(with(call, at, new TracedTensor(filled.finite, input.dtype())));
    Value all = call.emit().broadcast(filled.included, input.shape());
    if (!(result instanceof TracedTensor r) || !(finite instanceof TracedTensor f)) {
      return Optional.of(result);
    }
    Value included = all;
    if (Choices.VIEWS.contains(call.operator())) {
      if (!(evaluation.of(with(call, at, new TracedTensor(all, DType.F32)))
          instanceof TracedTensor mask)) {
        return Optional.of(result);
      }
      included = mask.value();
    }
    note(r.value(), f.value(), included, number.getAsDouble());
    return Optional.of(result);
  }

  /** The value that the fill becomes; empty where that is not known. */
  private static OptionalDouble number(OperatorCall call, int at, double fill) {
    String operator = call.operator();
    if (Choices.VIEWS.contains(operator)) {
      return at == 0 ? OptionalDouble.of(fill) : OptionalDouble.empty();
    }
    if (SCALINGS.contains(operator)) {
      boolean isPositive =
          at == 0
              && call.arguments().size() == 2
              && switch (call.argument(1)) {
                case KnownTensor k -> k.shape().elementCount() == 1 && k.data().getDouble(0) > 0;
                case TracedTensor t -> false;
                default -> call.argument(1).number().orElse(0) > 0;
              };
      return isPositive ? OptionalDouble.of(fill) : OptionalDouble.empty();
    }
    if (!(call.argument(1 - at) instanceof TracedTensor) && !isModest(call.argument(1 - at))
        || call.number(2, 1) != 1) {
      return OptionalDouble.empty();
    }
    boolean isTaken = at == (operator.equals("aten.sub") ? 1 : 0);
    return OptionalDouble.of(!operator.equals("aten.add") && isTaken ? -fill : fill);
  }

  private static boolean isModest(TorchValue value) {
    if (!(value instanceof KnownTensor k)) {
      return Math.abs(value.number().orElse(Double.NaN)) <= MOST;
    }
    for (long i = 0; i < k.data().elementCount(); i++) {
      if (!(Math.abs(k.data().getDouble(i)) <= MOST)) {
        return false;
      }
    }
    return true;
  }

  /** Whether all elements are of one sign and stand for infinity. */
  private static boolean isAll(KnownTensor data, int sign) {
    if (!data.dtype().isFloating() || data.shape().elementCount() == 0) {
      return false;
    }
    for (long i = 0; i < data.data().elementCount(); i++) {
      if (!(sign * data.data().getDouble(i) >= SWALLOWS)) {
        return false;
      }
    }
    return true;
  }

  private static OperatorCall with(OperatorCall call, int at, TorchValue argument) {
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    arguments.set(at, argument);
    return new OperatorCall(
        call.operator(), call.overload(), arguments, call.location(), call.emit());
  }
}
