package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Numbers in other formats (StableHLO specification, "bitcast_convert", "convert",
 * "reduce_precision", and CHLO's "next_after").
 */
final class NumberFormatOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.bitcast_convert", HloOperator.one(NumberFormatOperations::bits),
          "stablehlo.reduce_precision", HloOperator.one(NumberFormatOperations::reducePrecision),
          "stablehlo.convert", HloOperator.one(NumberFormatOperations::convert),
          "chlo.next_after", HloOperator.one(NumberFormatOperations::nextAfter));

  private NumberFormatOperations() {}

  /** The same bits; several narrow elements of a last dimension are one wider element. */
  private static Held bits(HloCall call) {
    Held x = call.operand(0);
    HloType.TensorOf result = call.resultType(0);
    if (x.type().element().equals(result.element())) {
      return call.unchanged(x);
    }
    int from = call.dtype(x.type()).bytes();
    DType to = call.dtype(result);
    if (from < to.bytes()) {
      return call.result(call.own("bitcast_convert", call.whole(0), to));
    }
    List<Long> extents = new ArrayList<>(x.extents());
    if (from > to.bytes()) {
      extents.add((long) from / to.bytes());
    }
    if (extents.size() != result.rank()) {
      throw call.refused("the bits of %s as %s".formatted(x.type().text(), result.text()));
    }
    return call.result(call.own("bitcast_convert", x.binding(), to), extents);
  }

  /** A format that holds every f32 changes nothing. */
  private static Held reducePrecision(HloCall call) {
    long exponent = call.integer("exponent_bits");
    long mantissa = call.integer("mantissa_bits");
    Held x = call.operand(0);
    return exponent >= 8 && mantissa >= 23
        ? call.unchanged(x)
        : ofOne(call, call.own("reduce_precision", x.binding(), exponent, mantissa));
  }

  private static Held nextAfter(HloCall call) {
    return ofTwo(
        call, call.own("next_after", call.operand(0).binding(), call.operand(1).binding()));
  }

  /** Numbers in another type: reals become integers by rounding towards zero. */
  private static Held convert(HloCall call) {
    if (ComplexOperations.isComplex(call.resultType(0))) {
      return ComplexOperations.widened(call);
    }
    Held x = call.operand(0);
    DType from = ElementTypes.ofConstants(x.type().element()).orElseGet(() -> call.dtype(x.type()));
    DType to = call.dtype(call.resultType(0));
    if (from == to || from.isFloating() && to == DType.F64) {
      return call.unchanged(x);
    }
    Binding out =
        from.isFloating() && !to.isFloating() && to != DType.I1
            ? call.own("convert", x.binding(), to)
            : call.aten("to", x.binding(), to);
    return ofOne(call, out);
  }
}
