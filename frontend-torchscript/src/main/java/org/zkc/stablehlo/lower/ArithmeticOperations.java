package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.binary;
import static org.zkc.stablehlo.lower.Elementwise.number;
import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.ofTwo;
import static org.zkc.stablehlo.lower.Elementwise.unary;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/**
 * Arithmetic of elements (StableHLO specification, "abs" to "subtract"). On booleans "add" and
 * "maximum" are the logical or, "multiply" and "minimum" the logical and.
 */
final class ArithmeticOperations {
  static final Map<String, HloOperator> TABLE =
      Map.ofEntries(
          Map.entry("stablehlo.abs", unary("abs")),
          Map.entry("stablehlo.negate", unary("neg")),
          Map.entry("stablehlo.sign", unary("sign")),
          Map.entry("chlo.square", HloOperator.one(ArithmeticOperations::square)),
          Map.entry("stablehlo.add", HloOperator.one(ArithmeticOperations::add)),
          Map.entry("stablehlo.subtract", HloOperator.one(ArithmeticOperations::subtract)),
          Map.entry("stablehlo.multiply", HloOperator.one(ArithmeticOperations::multiply)),
          Map.entry("stablehlo.divide", HloOperator.one(ArithmeticOperations::divide)),
          Map.entry("stablehlo.remainder", HloOperator.one(ArithmeticOperations::remainder)),
          Map.entry("stablehlo.power", HloOperator.one(ArithmeticOperations::power)),
          Map.entry("stablehlo.atan2", binary("atan2")),
          Map.entry("stablehlo.maximum", HloOperator.one(c -> extreme(c, true))),
          Map.entry("stablehlo.minimum", HloOperator.one(c -> extreme(c, false))),
          Map.entry("stablehlo.clamp", HloOperator.one(ArithmeticOperations::clamp)));

  private ArithmeticOperations() {}

  private static Held square(HloCall call) {
    Binding x = call.operand(0).binding();
    return ofOne(call, call.aten("mul", x, x));
  }

  /** ATen's operator on two tensors, or on a tensor and a number. */
  private static Held combined(HloCall call, String aten) {
    Optional<Binding.Literal> right = number(call, 1, 0);
    return ofTwo(
        call,
        call.aten(
            aten,
            call.operand(0).binding(),
            right.<Binding>map(r -> r).orElse(call.operand(1).binding())));
  }

  /** As {@link #combined}, for an operator whose operands may change places. */
  private static Held commuted(HloCall call, String aten) {
    Optional<Binding.Literal> left = number(call, 0, 1);
    return left.isPresent()
        ? ofTwo(call, call.aten(aten, call.operand(1).binding(), left.orElseThrow()))
        : combined(call, aten);
  }

  private static Held add(HloCall call) {
    return ElementTypes.isBoolean(call.type(0))
        ? LogicOperations.logical(call, "logical_or")
        : unchanged(call, 0)
            .or(() -> LogSumPattern.of(call))
            .orElseGet(() -> commuted(call, "add"));
  }

  /** One operand where the other is a real number that changes nothing. */
  private static Optional<Held> unchanged(HloCall call, double neutral) {
    return unchanged(call, 1, neutral).or(() -> unchanged(call, 0, neutral));
  }

  /** The operand beside one that is a real number that changes nothing. */
  private static Optional<Held> unchanged(HloCall call, int number, double neutral) {
    Held x = call.operand(1 - number);
    return Elementwise.real(call, number).filter(n -> n == neutral).map(_ -> call.unchanged(x));
  }

  private static Held subtract(HloCall call) {
    Optional<Held> written =
        SoftmaxPattern.ofDifference(call)
            .or(() -> VariancePattern.of(call))
            .or(() -> unchanged(call, 1, 0));
    if (written.isPresent()) {
      return written.orElseThrow();
    }
    Optional<Binding.Literal> left = number(call, 0, 1);
    return left.isPresent()
        ? ofTwo(call, call.aten("rsub", call.operand(1).binding(), left.orElseThrow()))
        : combined(call, "sub");
  }

  private static Held multiply(HloCall call) {
    return ElementTypes.isBoolean(call.type(0))
        ? LogicOperations.logical(call, "logical_and")
        : MeanPattern.of(call, false)
            .or(() -> unchanged(call, 1))
            .orElseGet(() -> commuted(call, "mul"));
  }

  /** Quotients of integers are rounded towards zero. */
  private static Held divide(HloCall call) {
    if (ElementTypes.isReal(call.type(0))) {
      return SoftmaxPattern.ofQuotient(call)
          .or(() -> MeanPattern.of(call, true))
          .or(() -> unchanged(call, 1, 1))
          .orElseGet(() -> combined(call, "div"));
    }
    Binding quotient =
        call.atenNamed(
            "div",
            "Tensor_mode",
            Map.of("rounding_mode", "trunc"),
            call.operand(0).binding(),
            call.operand(1).binding());
    return ofTwo(call, quotient);
  }

  /** The remainder has the sign of the dividend. */
  private static Held remainder(HloCall call) {
    return combined(call, "fmod");
  }

  private static Held power(HloCall call) {
    return ElementTypes.isReal(call.type(0)) ? combined(call, "pow") : IntegerPower.of(call);
  }

  private static Held extreme(HloCall call, boolean maximum) {
    if (ElementTypes.isBoolean(call.type(0))) {
      return LogicOperations.logical(call, maximum ? "logical_or" : "logical_and");
    }
    for (int side = 0; side < 2; side++) {
      Held other = call.operand(1 - side);
      Optional<Double> bound = Elementwise.real(call, side);
      double neutral = maximum ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      if (bound.isPresent() && bound.orElseThrow() == neutral) {
        return new Held(other.binding(), other.extents(), call.resultType(0), other.number());
      }
      if (maximum
          && bound.filter(b -> b == 0).isPresent()
          && VariancePattern.isVariance(call, other)) {
        return new Held(other.binding(), other.extents(), call.resultType(0));
      }
      if (bound.isPresent() && other.number().isEmpty()) {
        Binding.Literal limit = call.operand(side).number().orElseThrow();
        return ofTwo(call, call.aten(maximum ? "clamp_min" : "clamp_max", other.binding(), limit));
      }
    }
    return ofTwo(
        call,
        call.aten(
            maximum ? "maximum" : "minimum", call.operand(0).binding(), call.operand(1).binding()));
  }

  /** min(max(operand, min), max), the operand being the second. */
  private static Held clamp(HloCall call) {
    Held low = spread(call, 0);
    Held high = spread(call, 2);
    Held x = call.operand(1);
    if (low.number().isPresent() && high.number().isPresent() && x.number().isEmpty()) {
      return new Held(
          call.aten("clamp", x.binding(), low.number().orElseThrow(), high.number().orElseThrow()),
          x.extents(),
          call.resultType(0));
    }
    Binding raised = call.aten("maximum", x.binding(), low.binding());
    return call.result(
        call.aten("minimum", raised, high.binding()), Elementwise.extents(call, x, low, high));
  }

  /** A bound of clamp, which may be a scalar, with the rank of the operand. */
  private static Held spread(HloCall call, int index) {
    Held bound = call.operand(index);
    int rank = call.type(1).rank();
    if (bound.type().rank() == rank) {
      return bound;
    }
    List<Long> ones = Collections.nCopies(rank, 1L);
    return new Held(
        call.aten("reshape", bound.binding(), ones), ones, call.type(1), bound.number());
  }
}
