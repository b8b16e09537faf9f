package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.unary;

import java.util.Map;
import org.zkc.torchscript.lower.Binding;

/**
 * Functions of one number (StableHLO specification, "cbrt" to "tanh", and those of the CHLO dialect
 * that exporters leave in their text).
 */
final class FunctionOperations {
  static final Map<String, HloOperator> TABLE =
      Map.ofEntries(
          Map.entry("stablehlo.cbrt", HloOperator.one(FunctionOperations::cubeRoot)),
          Map.entry("stablehlo.ceil", unary("ceil")),
          Map.entry("stablehlo.cosine", unary("cos")),
          Map.entry("stablehlo.exponential", unary("exp")),
          Map.entry("stablehlo.exponential_minus_one", unary("expm1")),
          Map.entry("stablehlo.floor", unary("floor")),
          Map.entry("stablehlo.log", unary("log")),
          Map.entry("stablehlo.log_plus_one", unary("log1p")),
          Map.entry("stablehlo.logistic", unary("sigmoid")),
          Map.entry("stablehlo.round_nearest_even", unary("round")),
          Map.entry("stablehlo.round_nearest_afz", HloOperator.one(FunctionOperations::roundAway)),
          Map.entry("stablehlo.rsqrt", unary("rsqrt")),
          Map.entry("stablehlo.sine", unary("sin")),
          Map.entry("stablehlo.sqrt", unary("sqrt")),
          Map.entry("stablehlo.tan", unary("tan")),
          Map.entry("stablehlo.tanh", unary("tanh")),
          Map.entry("chlo.acos", unary("acos")),
          Map.entry("chlo.acosh", unary("acosh")),
          Map.entry("chlo.asin", unary("asin")),
          Map.entry("chlo.asinh", unary("asinh")),
          Map.entry("chlo.atan", unary("atan")),
          Map.entry("chlo.atanh", unary("atanh")),
          Map.entry("chlo.bessel_i1e", unary("special_i1e")),
          Map.entry("chlo.cosh", unary("cosh")),
          Map.entry("chlo.digamma", unary("digamma")),
          Map.entry("chlo.erf", unary("erf")),
          Map.entry("chlo.erf_inv", unary("erfinv")),
          Map.entry("chlo.erfc", unary("erfc")),
          Map.entry("chlo.is_inf", unary("isinf")),
          Map.entry("chlo.is_neg_inf", equals(Double.NEGATIVE_INFINITY)),
          Map.entry("chlo.is_pos_inf", equals(Double.POSITIVE_INFINITY)),
          Map.entry("chlo.lgamma", unary("lgamma")),
          Map.entry("chlo.sinh", unary("sinh")),
          Map.entry("chlo.tan", unary("tan")));

  private FunctionOperations() {}

  private static HloOperator equals(double number) {
    return HloOperator.one(call -> ofOne(call, call.aten("eq", call.operand(0).binding(), number)));
  }

  /** sign(x) |x|^(1/3). */
  private static Held cubeRoot(HloCall call) {
    Binding x = call.operand(0).binding();
    Binding root = call.aten("pow", call.aten("abs", x), 1.0 / 3);
    return ofOne(call, call.aten("mul", call.aten("sign", x), root));
  }

  /**
   * The nearest integer, halves away from zero. The greatest f32 below a half is added instead of a
   * half: 0.49999997 and odd numbers from 2^23 on would be rounded up by the sum.
   */
  private static Held roundAway(HloCall call) {
    Binding x = call.operand(0).binding();
    double half = Math.nextDown(0.5f);
    Binding size = call.aten("floor", call.aten("add", call.aten("abs", x), half));
    return ofOne(call, call.aten("mul", call.aten("sign", x), size));
  }
}
