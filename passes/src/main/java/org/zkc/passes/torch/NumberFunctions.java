package org.zkc.passes.torch;

import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.Int;

/** Functions of Python's {@code math} on numbers, on the host. */
final class NumberFunctions {
  private static final double DEGREES = 180 / Math.PI;

  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          test("aten.isnan", Double::isNaN),
          test("aten.isinf", Double::isInfinite),
          test("aten.isfinite", Double::isFinite),
          of("aten.sqrt", StrictMath::sqrt),
          of("aten.exp", StrictMath::exp),
          of("aten.expm1", StrictMath::expm1),
          of("aten.log1p", StrictMath::log1p),
          of("aten.log10", StrictMath::log10),
          of("aten.sin", StrictMath::sin),
          of("aten.cos", StrictMath::cos),
          of("aten.tan", StrictMath::tan),
          of("aten.asin", StrictMath::asin),
          of("aten.acos", StrictMath::acos),
          of("aten.atan", StrictMath::atan),
          of("aten.sinh", StrictMath::sinh),
          of("aten.cosh", StrictMath::cosh),
          of("aten.tanh", StrictMath::tanh),
          of("aten.degrees", x -> x * DEGREES),
          of("aten.radians", x -> x / DEGREES),
          of("aten.fabs", Math::abs),
          Map.entry("aten.log", NumberFunctions::logarithm),
          Map.entry("aten.gcd", NumberFunctions::divisor));

  private NumberFunctions() {}

  private static boolean isNumber(OperatorCall call, int index) {
    return index < call.arguments().size()
        && (call.argument(index) instanceof Int
            || call.argument(index) instanceof TorchValue.Float);
  }

  private static Map.Entry<String, HostFunction> of(String name, DoubleUnaryOperator function) {
    return Map.entry(
        name,
        call ->
            isNumber(call, 0)
                ? Optional.of(new TorchValue.Float(function.applyAsDouble(call.number(0))))
                : Optional.empty());
  }

  private static Map.Entry<String, HostFunction> test(String name, DoublePredicate predicate) {
    return Map.entry(
        name,
        call ->
            isNumber(call, 0)
                ? Optional.of(new Bool(predicate.test(call.number(0))))
                : Optional.empty());
  }

  /** (x) or (x, base). */
  private static Optional<TorchValue> logarithm(OperatorCall call) {
    if (!isNumber(call, 0)) {
      return Optional.empty();
    }
    double value = StrictMath.log(call.number(0));
    return Optional.of(
        new TorchValue.Float(isNumber(call, 1) ? value / StrictMath.log(call.number(1)) : value));
  }

  private static Optional<TorchValue> divisor(OperatorCall call) {
    if (!(isNumber(call, 0) && isNumber(call, 1))) {
      return Optional.empty();
    }
    long a = Math.abs(call.integer(0));
    long b = Math.abs(call.integer(1));
    while (b != 0) {
      long rest = a % b;
      a = b;
      b = rest;
    }
    return Optional.of(new Int(a));
  }
}
