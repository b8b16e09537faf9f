package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zkc.ir.tensor.ErrorFunction;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;

/**
 * Activations that exporters write out, as GELU with its polynomial or with a rational
 * approximation of the error function. They are recognised by their values, whatever operations
 * stand between a tensor and a result. If the result is a function of one element of that tensor
 * alone, and equals an activation to the last digits of single precision, the user wrote that
 * activation. It takes one table of lookups instead of one for each operation.
 */
final class ActivationPattern {
  /** Operations of the largest expansion seen, erfc by two rational functions, are some 60. */
  private static final int MOST_OPERATIONS = 160;

  /** Fewer operations are as cheap themselves. */
  private static final int FEWEST_OPERATIONS = 2;

  private static final double TOLERANCE = 2e-6;

  private static final double REACH = 9;
  private static final int POINTS = 145;

  /** Places beyond the reach, at which bounds of what is no activation tell. */
  private static final List<Double> FURTHER =
      List.of(12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 80.0, 128.5, 300.0, 1e3, 1e5, 1e7);

  /**
   * Exponentials of more are infinite in single precision, and some written-out forms with them.
   */
  private static final double OVERFLOWS = 80;

  /** The points where a function is compared with activations. */
  private static final List<Double> PLACES =
      Stream.of(
              IntStream.range(0, POINTS).mapToObj(p -> -REACH + 2 * REACH * p / (POINTS - 1)),
              FURTHER.stream(),
              FURTHER.stream().map(x -> -x))
          .flatMap(s -> s)
          .toList();

  /** An activation, as a function and as ATen's operator with its further arguments. */
  record Activation(DoubleUnaryOperator value, String aten, List<Object> arguments) {
    Activation {
      arguments = List.copyOf(arguments);
    }
  }

  private static final List<Activation> ACTIVATIONS =
      List.of(
          new Activation(x -> x * half(x), "gelu", List.of("none")),
          new Activation(ActivationPattern::geluTanh, "gelu", List.of("tanh")),
          new Activation(x -> x / (1 + StrictMath.exp(-x)), "silu", List.of()),
          new Activation(x -> 1 / (1 + StrictMath.exp(-x)), "sigmoid", List.of()),
          new Activation(ActivationPattern::softplus, "softplus", List.of()),
          new Activation(x -> -softplus(-x), "log_sigmoid", List.of()),
          new Activation(x -> x * StrictMath.tanh(softplus(x)), "mish", List.of()),
          new Activation(x -> x * Math.clamp(x + 3, 0, 6) / 6, "hardswish", List.of()),
          new Activation(x -> Math.clamp(x + 3, 0, 6) / 6, "hardsigmoid", List.of()),
          new Activation(ErrorFunction::erf, "erf", List.of()),
          new Activation(ActivationPattern::half, "special_ndtr", List.of()),
          new Activation(x -> StrictMath.log(x / (1 - x)), "logit", List.of()),
          new Activation(ActivationPattern::sinc, "sinc", List.of()),
          new Activation(x -> 2 * half(-x * Math.sqrt(2)), "erfc", List.of()));

  private ActivationPattern() {}

  /** The normal distribution function, by the error function. */
  private static double half(double x) {
    return 0.5 * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : StrictMath.sin(Math.PI * x) / (Math.PI * x);
  }

  private static double geluTanh(double x) {
    return 0.5 * x * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /** The activation that the operation's result is; empty for other results. */
  static Optional<Held> of(HloCall call, Held result) {
    if (result.number().isPresent() || !ElementTypes.isReal(result.type())) {
      return Optional.empty();
    }
    PriorityQueue<HloCall> frontier =
        new PriorityQueue<>(Comparator.comparingInt(HloCall::order).reversed());
    Map<Binding, HloCall> waiting = new IdentityHashMap<>();
    List<HloCall> expanded = new ArrayList<>();
    Map<Binding, Held> leaves = new IdentityHashMap<>();
    HloCall next = call;
    while (next != null
        && expanded.size() < MOST_OPERATIONS
        && call.block().module().searches(1 + expanded.size())
        && isElementwise(next, result)) {
      expanded.add(next);
      for (int i = 0; i < next.operandCount(); i++) {
        Held operand = next.operand(i);
        if (operand.number().isPresent()) {
          continue;
        }
        leaves.put(operand.binding(), operand);
        Optional<HloCall> made = next.definition(operand);
        if (made.isPresent() && waiting.put(operand.binding(), made.orElseThrow()) == null) {
          frontier.add(made.orElseThrow());
        }
      }
      if (leaves.size() == 1 && expanded.size() >= FEWEST_OPERATIONS) {
        Held root = leaves.values().iterator().next();
        Optional<Activation> found =
            root.extents().equals(result.extents())
                ? matching(call, expanded, root.binding())
                : Optional.empty();
        if (found.isPresent()) {
          return Optional.of(emitted(call, found.orElseThrow(), root, result));
        }
      }
      next = frontier.poll();
      if (next != null) {
        HloCall taken = next;
        leaves.keySet().removeIf(b -> waiting.get(b) == taken);
      }
    }
    return Optional.empty();
  }

  private static Held emitted(HloCall call, Activation activation, Held root, Held result) {
    List<Object> arguments = new ArrayList<>(List.of(root.binding()));
    if (activation.aten().equals("gelu")) {
      Binding gelu =
          call.atenNamed(
              "gelu", "", Map.of("approximate", activation.arguments().getFirst()), root.binding());
      return new Held(gelu, root.extents(), result.type());
    }
    arguments.addAll(activation.arguments());
    return new Held(
        call.aten(activation.aten(), arguments.toArray()), root.extents(), result.type());
  }

  /** Whether an operation's result is computed from elements at the same place. */
  static boolean isElementwise(HloCall call, Held result) {
    if (!ScalarFunctions.isKnown(call.operation().name())) {
      return false;
    }
    for (int i = 0; i < call.operandCount(); i++) {
      Held operand = call.operand(i);
      if (operand.number().isEmpty() && !operand.extents().equals(result.extents())) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Activation> matching(
      HloCall call, List<HloCall> operations, Binding root) {
    List<HloCall> order = new ArrayList<>(operations);
    order.sort(Comparator.comparingInt(HloCall::order));
    Function<Double, Optional<Double>> value =
        x ->
            call.block().module().searches(order.size())
                ? evaluate(call, order, Map.of(root, x))
                : Optional.empty();
    List<Activation> left = new ArrayList<>(ACTIVATIONS);
    left.addAll(ActivationFamilies.fitted(value));
    left.addAll(ActivationFamilies.divided(order));
    for (double x : PLACES) {
      Optional<Double> found = left.isEmpty() ? Optional.empty() : value.apply(x);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      double y = found.orElseThrow();
      if (Math.abs(x) > OVERFLOWS && !Double.isFinite(y)) {
        continue;
      }
      left.removeIf(a -> {
        double expected = a.value().applyAsDouble(x);
        return Double.compare(y, expected) != 0
            && !(Math.abs(y - expected) <= TOLERANCE * (1 + Math.abs(expected)));
      });
    }
    return left.stream().findFirst();
  }

  /**
   * The result of the last of some operations at one point; empty where one is not known here.
   *
   * @param order of the operations, as they stand in the text
   * @param roots numbers in place of the tensors that they begin with
   */
  static Optional<Double> evaluate(HloCall last, List<HloCall> order, Map<Binding, Double> roots) {
    Map<HloCall, Double> values = new HashMap<>();
    for (HloCall call : order) {
      List<Double> operands = new ArrayList<>();
      for (int i = 0; i < call.operandCount(); i++) {
        Held operand = call.operand(i);
        Optional<Double> value =
            roots.containsKey(operand.binding())
                ? Optional.ofNullable(roots.get(operand.binding()))
                : operand.number().isPresent()
                    ? operand.number().flatMap(Elementwise::value)
                    : call.definition(operand).flatMap(d -> Optional.ofNullable(values.get(d)));
        if (value.isEmpty()) {
          return Optional.empty();
        }
        operands.add(value.orElseThrow());
      }
      Operation operation = call.operation();
      Optional<Double> result = ScalarFunctions.evaluate(operation, operands);
      if (result.isEmpty()) {
        return Optional.empty();
      }
      values.put(call, result.orElseThrow());
    }
    return Optional.ofNullable(values.get(last));
  }
}
