package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;

/**
 * Arithmetic on constants whose elements are all equal. Libraries compute degrees of freedom and
 * choose by them: {@code select(n - 1 > 0, variance, NaN)} is no choice once the number is known.
 */
final class Numbers {
  /** Integers below are doubles. */
  private static final double MOST_EXACT = 1L << 53;

  private Numbers() {}

  /** A result together with the number that its elements are, where the operands' tell it. */
  static Held known(HloCall call, Held result) {
    if (result.number().isPresent() || call.operandCount() == 0) {
      return result;
    }
    Optional<Boolean> certain = FiniteNumbers.truth(call);
    if (certain.isPresent()) {
      return new Held(
          result.binding(), result.extents(), result.type(), certain.map(Binding.Literal::of));
    }
    List<Double> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      Optional<Double> number = call.operand(i).number().flatMap(Elementwise::value);
      boolean integer = !ElementTypes.isReal(call.type(i));
      if (number.isEmpty() || integer && Math.abs(number.orElseThrow()) >= MOST_EXACT) {
        return result;
      }
      operands.add(number.orElseThrow());
    }
    Optional<DType> dtype = result.type().element().dtype();
    Optional<Binding.Literal> literal =
        dtype.flatMap(d -> evaluate(call, operands, d).flatMap(v -> literal(v, d)));
    return literal.isEmpty()
        ? result
        : new Held(result.binding(), result.extents(), result.type(), literal);
  }

  private static Optional<Double> evaluate(HloCall call, List<Double> x, DType result) {
    Operation operation = call.operation();
    boolean pair = x.size() == 2;
    return switch (operation.name()) {
      case "stablehlo.add" ->
          pair && result != DType.I1 ? Optional.of(x.get(0) + x.get(1)) : Optional.empty();
      case "stablehlo.subtract" -> pair ? Optional.of(x.get(0) - x.get(1)) : Optional.empty();
      case "stablehlo.multiply" ->
          pair && result != DType.I1 ? Optional.of(x.get(0) * x.get(1)) : Optional.empty();
      case "stablehlo.divide" ->
          pair && result.isFloating() ? Optional.of(x.get(0) / x.get(1)) : Optional.empty();
      case "stablehlo.convert" ->
          result == DType.I1
              ? Optional.of(x.getFirst() != 0 ? 1.0 : 0.0)
              : x.getFirst() == Math.rint(x.getFirst()) || result.isFloating()
                  ? Optional.of(x.getFirst())
                  : Optional.empty();
      case "stablehlo.reduce" -> pair ? reduced(call, x.get(0), x.get(1)) : Optional.empty();
      case "stablehlo.negate" -> Optional.of(-x.getFirst());
      case "stablehlo.sign" ->
          result.isFloating() ? Optional.of(Math.signum(x.getFirst())) : Optional.empty();
      case "stablehlo.and", "stablehlo.or", "stablehlo.not" ->
          result == DType.I1 ? ScalarBody.evaluate(operation, x) : Optional.empty();
      case "stablehlo.compare", "stablehlo.select", "stablehlo.maximum", "stablehlo.minimum" ->
          x.stream().anyMatch(v -> v.isNaN())
              ? Optional.empty()
              : ScalarBody.evaluate(operation, x);
      default -> Optional.empty();
    };
  }

  /** A number that is reduced with itself, by a body that such a number stays the same under. */
  private static Optional<Double> reduced(HloCall call, double element, double start) {
    return ReducerBody.of(call)
        .filter(body ->
            switch (body) {
              case MAXIMUM, MINIMUM, AND, OR -> element == start;
              case SUM, PRODUCT, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
            })
        .map(_ -> element);
  }

  /** The literal of a value of the type; none for integers that doubles do not hold exactly. */
  private static Optional<Binding.Literal> literal(double value, DType dtype) {
    if (dtype == DType.I1) {
      return Optional.of(Binding.Literal.of(value != 0));
    }
    if (dtype.isFloating()) {
      return dtype == DType.F64 || dtype == DType.F32
          ? Optional.of(Binding.Literal.of(dtype == DType.F64 ? value : (double) (float) value))
          : Optional.empty();
    }
    boolean exact = Math.abs(value) < MOST_EXACT && dtype.holds((long) value);
    return exact ? Optional.of(Binding.Literal.of((long) value)) : Optional.empty();
  }
}
