package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.Map;
import org.zkc.ir.DType;

/**
 * Counts and shifts of bits (StableHLO specification, "count_leading_zeros", "popcnt",
 * "shift_left", "shift_right_arithmetic", "shift_right_logical"). By the type's bits and more, as
 * by a negative number, no bit is left, or the sign alone.
 */
final class BitOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.popcnt", count("popcnt"),
          "stablehlo.count_leading_zeros", count("count_leading_zeros"),
          "stablehlo.shift_left", shift("shift_left"),
          "stablehlo.shift_right_arithmetic", shift("shift_right_arithmetic"),
          "stablehlo.shift_right_logical", shift("shift_right_logical"));

  private BitOperations() {}

  private static HloOperator count(String operator) {
    return HloOperator.one(call -> {
      requireIntegers(call);
      return ofOne(call, call.own(operator, call.operand(0).binding()));
    });
  }

  private static HloOperator shift(String operator) {
    return HloOperator.one(call -> {
      requireIntegers(call);
      return ofTwo(call, call.own(operator, call.operand(0).binding(), call.operand(1).binding()));
    });
  }

  private static void requireIntegers(HloCall call) {
    DType dtype = call.dtype(call.type(0));
    if (dtype.isFloating() || dtype == DType.I1) {
      throw call.refused("it takes integers and is given %s".formatted(dtype.text()));
    }
  }
}
