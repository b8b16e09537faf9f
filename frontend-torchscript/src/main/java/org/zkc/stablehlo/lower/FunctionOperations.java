package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.unary;

import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.torchscript.lower.Binding;

/**
 * Functions of one number (StableHLO specification, "cbrt" to "tanh", and those of the CHLO dialect
 * that exporters leave in their text), and conversions of element types ("convert",
 * "reduce_precision").
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
          Map.entry("chlo.lgamma", unary("lgamma")),
          Map.entry("chlo.sinh", unary("sinh")),
          Map.entry("chlo.tan", unary("tan")),
          Map.entry("stablehlo.bitcast_convert", HloOperator.one(FunctionOperations::bits)),
          Map.entry(
              "stablehlo.reduce_precision", HloOperator.one(FunctionOperations::reducePrecision)),
          Map.entry("stablehlo.convert", HloOperator.one(FunctionOperations::convert)));

  private FunctionOperations() {}

  /** sign(x) |x|^(1/3). */
  private static Held cubeRoot(HloCall call) {
    Binding x = call.operand(0).binding();
    Binding root = call.aten("pow", call.aten("abs", x), 1.0 / 3);
    return ofOne(call, call.aten("mul", call.aten("sign", x), root));
  }

  /** The nearest integer, halves away from zero. */
  private static Held roundAway(HloCall call) {
    Binding x = call.operand(0).binding();
    Binding size = call.aten("floor", call.aten("add", call.aten("abs", x), 0.5));
    return ofOne(call, call.aten("mul", call.aten("sign", x), size));
  }

  /** The same bits in the same type. */
  private static Held bits(HloCall call) {
    Held x = call.operand(0);
    if (!x.type().element().equals(call.resultType(0).element())) {
      throw call.refused(
          "the bits of %s as %s".formatted(x.type().text(), call.resultType(0).text()));
    }
    return new Held(x.binding(), x.extents(), call.resultType(0), x.number());
  }

  /** A format that holds every f32 changes nothing. */
  private static Held reducePrecision(HloCall call) {
    if (call.integer("exponent_bits") < 8 || call.integer("mantissa_bits") < 23) {
      throw call.refused("a format of fewer bits than f32");
    }
    Held x = call.operand(0);
    return new Held(x.binding(), x.extents(), call.resultType(0), x.number());
  }

  /** Numbers in another type: reals become integers by rounding towards zero. */
  private static Held convert(HloCall call) {
    Held x = call.operand(0);
    DType from = call.dtype(x.type());
    DType to = call.dtype(call.resultType(0));
    if (from == to || from.isFloating() && to == DType.F64) {
      return new Held(x.binding(), x.extents(), call.resultType(0), x.number());
    }
    return ofOne(call, call.aten("to", x.binding(), to));
  }
}
