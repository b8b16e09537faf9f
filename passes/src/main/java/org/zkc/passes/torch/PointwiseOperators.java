package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Functions of one number, by name: on the host where the number is known, otherwise Pointwise. One
 * row each.
 */
final class PointwiseOperators {
  private static final String DOMAIN = "on its domain";

  static final List<TorchOperator> ALL =
      List.of(
          row("abs", ScalarFunction.ABS, true, ""),
          row("acos", ScalarFunction.ACOS, false, DOMAIN),
          row("acosh", ScalarFunction.ACOSH, false, DOMAIN),
          row("arccos", ScalarFunction.ACOS, false, DOMAIN),
          row("arccosh", ScalarFunction.ACOSH, false, DOMAIN),
          row("arcsin", ScalarFunction.ASIN, false, DOMAIN),
          row("arcsinh", ScalarFunction.ASINH, false, ""),
          row("arctan", ScalarFunction.ATAN, false, ""),
          row("arctanh", ScalarFunction.ATANH, false, DOMAIN),
          row("asin", ScalarFunction.ASIN, false, DOMAIN),
          row("asinh", ScalarFunction.ASINH, false, ""),
          row("atan", ScalarFunction.ATAN, false, ""),
          row("atanh", ScalarFunction.ATANH, false, DOMAIN),
          rounding("ceil", ScalarFunction.CEIL),
          row("cos", ScalarFunction.COS, false, ""),
          row("cosh", ScalarFunction.COSH, false, ""),
          row("digamma", ScalarFunction.DIGAMMA, false, DOMAIN),
          row("erf", ScalarFunction.ERF, false, ""),
          row("erfc", ScalarFunction.ERFC, false, ""),
          row("erfinv", ScalarFunction.ERFINV, false, DOMAIN),
          row("exp", ScalarFunction.EXP, false, ""),
          operator("exp2", "pointwise", "", c -> apply(c, ScalarFunction.EXPONENTIAL, 2.0)),
          row("expm1", ScalarFunction.EXPM1, false, ""),
          row("fix", ScalarFunction.TRUNC, true, ""),
          rounding("floor", ScalarFunction.FLOOR),
          row("frac", ScalarFunction.FRAC, true, ""),
          operator(
              "hardshrink", "pointwise", "", c -> apply(c, ScalarFunction.HARDSHRINK, c.number(1))),
          row("i0", ScalarFunction.I0, false, ""),
          row("lgamma", ScalarFunction.LGAMMA, false, DOMAIN),
          row("log", ScalarFunction.LOG, false, DOMAIN),
          row("log10", ScalarFunction.LOG10, false, DOMAIN),
          row("log1p", ScalarFunction.LOG1P, false, DOMAIN),
          row("log2", ScalarFunction.LOG2, false, DOMAIN),
          row("log_sigmoid", ScalarFunction.LOG_SIGMOID, false, ""),
          operator("logit", "clamp, pointwise", DOMAIN, PointwiseOperators::logit),
          row("mish", ScalarFunction.MISH, false, ""),
          operator("reciprocal", "pointwise", DOMAIN, c -> apply(c, ScalarFunction.RECIPROCAL)),
          operator("round", "pointwise, multiply", "also numbers", PointwiseOperators::round),
          row("rsqrt", ScalarFunction.RSQRT, false, DOMAIN),
          row("sgn", ScalarFunction.SIGN, true, ""),
          row("sign", ScalarFunction.SIGN, true, ""),
          row("sin", ScalarFunction.SIN, false, ""),
          row("sinc", ScalarFunction.SINC, false, ""),
          row("sinh", ScalarFunction.SINH, false, ""),
          operator(
              "softplus",
              "pointwise",
              "",
              c -> apply(c, ScalarFunction.SOFTPLUS, c.number(1), c.number(2))),
          operator(
              "softshrink", "pointwise", "", c -> apply(c, ScalarFunction.SOFTSHRINK, c.number(1))),
          row("special_entr", ScalarFunction.ENTR, false, DOMAIN),
          row("special_erfcx", ScalarFunction.ERFCX, false, ""),
          row("special_i0e", ScalarFunction.I0E, false, ""),
          row("special_i1", ScalarFunction.I1, false, ""),
          row("special_i1e", ScalarFunction.I1E, false, ""),
          row("special_log_ndtr", ScalarFunction.LOG_NDTR, false, ""),
          row("special_ndtr", ScalarFunction.NDTR, false, ""),
          row("special_ndtri", ScalarFunction.NDTRI, false, DOMAIN),
          row("sqrt", ScalarFunction.SQRT, false, DOMAIN),
          row("tan", ScalarFunction.TAN, false, "between two of its poles"),
          operator(
              "threshold",
              "pointwise",
              "",
              c -> apply(c, ScalarFunction.THRESHOLD, c.number(1), c.number(2))),
          row("trunc", ScalarFunction.TRUNC, true, ""));

  private PointwiseOperators() {}

  private static TorchOperator operator(
      String name, String becomes, String remarks, OperatorLowering lowering) {
    return new TorchOperator("aten." + name, becomes, remarks, lowering);
  }

  /**
   * @param keepsIntegers whether the function of integers is an integer; a float otherwise
   */
  private static TorchOperator row(
      String name, ScalarFunction function, boolean keepsIntegers, String remarks) {
    return operator(name, "pointwise", remarks, c -> apply(c, function, keepsIntegers));
  }

  /** Numbers are rounded to ints. */
  private static TorchOperator rounding(String name, ScalarFunction function) {
    return operator(name, "pointwise", "also numbers", c -> rounded(c, function));
  }

  private static TorchValue rounded(OperatorCall call, ScalarFunction function) {
    return call.argument(0) instanceof Tensor
        ? apply(call, function, true)
        : ScalarOperators.rounded(call, x -> function.apply(x, List.of()));
  }

  /** The function of the first argument, a float. */
  static TorchValue apply(OperatorCall call, ScalarFunction function, Double... parameters) {
    return apply(call, function, false, parameters);
  }

  private static TorchValue apply(
      OperatorCall call, ScalarFunction function, boolean keepsIntegers, Double... parameters) {
    List<Double> list = List.of(parameters);
    try {
      function.require(list);
    } catch (IllegalArgumentException e) {
      throw call.refuse(String.valueOf(e.getMessage()));
    }
    return switch (call.argument(0)) {
      case TracedTensor t when !t.dtype().isFloating() && keepsIntegers ->
          ofIntegers(call, t, function);
      case TracedTensor t -> {
        DType dtype = t.dtype().isFloating() ? t.dtype() : DType.F32;
        if (parameters.length == 0) {
          yield call.result(WholeNumbers.rounded(call.emit(), call.in(dtype, t), function), dtype);
        }
        yield call.result(call.emit().pointwise(call.in(dtype, t), function, parameters), dtype);
      }
      case KnownTensor k -> {
        DType dtype = k.dtype().isFloating() || keepsIntegers ? k.dtype() : DType.F32;
        TensorData data =
            HostTensors.map(
                k.data(), dtype, x -> (long) function.apply(x, list), x -> function.apply(x, list));
        yield new KnownTensor(data, "");
      }
      case TorchValue.Int i when keepsIntegers ->
          new TorchValue.Int((long) function.apply(i.value(), list));
      default -> new TorchValue.Float(function.apply(call.number(0), list));
    };
  }

  /**
   * Absolute values and signs. Every other function that keeps integers rounds, which does not
   * change them.
   */
  private static TorchValue ofIntegers(
      OperatorCall call, TracedTensor tensor, ScalarFunction function) {
    if (function != ScalarFunction.ABS && function != ScalarFunction.SIGN
        || tensor.dtype() == DType.I1) {
      return tensor;
    }
    TensorEmitter emit = call.emit();
    Value x = call.in(DType.I64, tensor);
    Value out;
    if (function == ScalarFunction.SIGN) {
      Value positive = emit.cast(emit.compareZero(x, Comparison.GREATER), DType.I64);
      out = emit.subtract(positive, emit.cast(emit.compareZero(x, Comparison.LESS), DType.I64));
    } else {
      Value negated = emit.multiply(x, call.in(DType.I64, new TorchValue.Int(-1)));
      out =
          emit.add(
              emit.clamp(x, 0, Double.POSITIVE_INFINITY),
              emit.clamp(negated, 0, Double.POSITIVE_INFINITY));
    }
    return call.result(emit.cast(out, tensor.dtype()), tensor.dtype());
  }

  /** (input, decimals): round(10^decimals x) / 10^decimals. */
  private static TorchValue round(OperatorCall call) {
    long decimals = call.isNone(1) ? 0 : call.integer(1);
    if (decimals == 0) {
      return rounded(call, ScalarFunction.ROUND);
    }
    if (!(call.argument(0) instanceof TracedTensor t)) {
      throw call.refuse("rounding of constants to decimals");
    }
    double unit = StrictMath.pow(10, -decimals);
    Value scaled = call.emit().divide(call.value(t), call.emit().scalar(unit));
    Value rounded = call.emit().pointwise(scaled, ScalarFunction.ROUND);
    return call.result(call.emit().multiply(rounded, call.emit().scalar(unit)));
  }

  /** (input, eps): the input is cut to [eps, 1 - eps] first, where there is an eps. */
  private static TorchValue logit(OperatorCall call) {
    if (call.isNone(1) || !(call.argument(0) instanceof TracedTensor t)) {
      return apply(call, ScalarFunction.LOGIT);
    }
    double eps = call.number(1);
    if (!(eps <= 0.5)) {
      throw call.refuse("eps %s leaves no number between eps and 1 - eps".formatted(eps));
    }
    Value inside = call.emit().clamp(call.value(t), eps, 1 - eps);
    return call.result(call.emit().pointwise(inside, ScalarFunction.LOGIT));
  }
}
