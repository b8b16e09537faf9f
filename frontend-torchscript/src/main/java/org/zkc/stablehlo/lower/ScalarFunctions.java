package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.tensor.ErrorFunction;
import org.zkc.stablehlo.program.Operation;

/** Elementwise operations on single numbers. */
final class ScalarFunctions {
  private static final Map<String, DoubleUnaryOperator> UNARY =
      Map.ofEntries(
          Map.entry("stablehlo.abs", Math::abs),
          Map.entry("stablehlo.cbrt", StrictMath::cbrt),
          Map.entry("stablehlo.ceil", Math::ceil),
          Map.entry("stablehlo.cosine", StrictMath::cos),
          Map.entry("stablehlo.exponential", StrictMath::exp),
          Map.entry("stablehlo.exponential_minus_one", StrictMath::expm1),
          Map.entry("stablehlo.floor", Math::floor),
          Map.entry("stablehlo.log", StrictMath::log),
          Map.entry("stablehlo.log_plus_one", StrictMath::log1p),
          Map.entry("stablehlo.logistic", x -> 1 / (1 + StrictMath.exp(-x))),
          Map.entry("stablehlo.negate", x -> -x),
          Map.entry("stablehlo.round_nearest_afz", x -> Math.signum(x) * Math.round(Math.abs(x))),
          Map.entry("stablehlo.round_nearest_even", Math::rint),
          Map.entry("stablehlo.rsqrt", x -> 1 / Math.sqrt(x)),
          Map.entry("stablehlo.sign", Math::signum),
          Map.entry("stablehlo.sine", StrictMath::sin),
          Map.entry("stablehlo.sqrt", Math::sqrt),
          Map.entry("stablehlo.tanh", StrictMath::tanh),
          Map.entry("chlo.erf", ErrorFunction::erf),
          Map.entry("chlo.erfc", x -> 1 - ErrorFunction.erf(x)),
          Map.entry("chlo.square", x -> x * x));

  private static final Map<String, DoubleBinaryOperator> BINARY =
      Map.ofEntries(
          Map.entry("stablehlo.add", Double::sum),
          Map.entry("stablehlo.subtract", (a, b) -> a - b),
          Map.entry("stablehlo.multiply", (a, b) -> a * b),
          Map.entry("stablehlo.divide", (a, b) -> a / b),
          Map.entry("stablehlo.power", StrictMath::pow),
          Map.entry("stablehlo.remainder", (a, b) -> a % b),
          Map.entry("stablehlo.maximum", Math::max),
          Map.entry("stablehlo.minimum", Math::min));

  private static final List<String> OTHERS =
      List.of(
          "stablehlo.compare",
          "stablehlo.select",
          "stablehlo.and",
          "stablehlo.or",
          "stablehlo.not",
          "stablehlo.clamp");

  private ScalarFunctions() {}

  /** Whether {@link #evaluate} knows the operation. */
  static boolean isKnown(String name) {
    return UNARY.containsKey(name) || BINARY.containsKey(name) || OTHERS.contains(name);
  }

  /** The result of an operation on numbers; truth values are 0 and 1. */
  static Optional<Double> evaluate(Operation operation, List<Double> x) {
    DoubleUnaryOperator unary = UNARY.get(operation.name());
    if (unary != null && x.size() == 1) {
      return Optional.of(unary.applyAsDouble(x.getFirst()));
    }
    DoubleBinaryOperator binary = BINARY.get(operation.name());
    if (binary != null && x.size() == 2) {
      return Optional.of(binary.applyAsDouble(x.get(0), x.get(1)));
    }
    if (operation.name().equals("stablehlo.clamp") && x.size() == 3) {
      return Optional.of(Math.min(Math.max(x.get(1), x.get(0)), x.get(2)));
    }
    return ScalarBody.evaluate(operation, x);
  }
}
