package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.torchscript.lower.Binding;

/**
 * Comparisons, logic, bits and choices of elements (StableHLO specification, "and", "compare",
 * "not", "or", "select", "shift_left" to "shift_right_logical", "xor").
 */
final class LogicOperations {
  static final Map<String, HloOperator> TABLE =
      Map.ofEntries(
          Map.entry("stablehlo.and", bits("logical_and", "bitwise_and")),
          Map.entry("stablehlo.or", bits("logical_or", "bitwise_or")),
          Map.entry("stablehlo.xor", bits("logical_xor", "bitwise_xor")),
          Map.entry("stablehlo.not", HloOperator.one(LogicOperations::not)),
          Map.entry("stablehlo.compare", HloOperator.one(LogicOperations::compare)),
          Map.entry("chlo.broadcast_compare", HloOperator.one(LogicOperations::compare)),
          Map.entry("stablehlo.select", HloOperator.one(LogicOperations::select)),
          Map.entry("stablehlo.shift_left", HloOperator.one(LogicOperations::shiftLeft)),
          Map.entry(
              "stablehlo.shift_right_arithmetic", HloOperator.one(LogicOperations::shiftRight)),
          Map.entry(
              "stablehlo.shift_right_logical", HloOperator.one(LogicOperations::shiftLogical)),
          Map.entry("stablehlo.is_finite", Elementwise.unary("isfinite")));

  private LogicOperations() {}

  /** A logical operator on two tensors of booleans. */
  static Held logical(HloCall call, String aten) {
    return ofTwo(call, call.aten(aten, call.operand(0).binding(), call.operand(1).binding()));
  }

  private static HloOperator bits(String ofBooleans, String ofIntegers) {
    return HloOperator.one(call ->
        logical(call, ElementTypes.isBoolean(call.type(0)) ? ofBooleans : ofIntegers));
  }

  /** Integers of the tensor level have at most 24 bits. */
  private static final long MOST_BITS = 24;

  /** Shifts are made in two steps, as one is a choice of few powers of two. */
  private static final long STEP = 12;

  /** By the type's bits and more, as by a negative number, no bit is left. */
  private static Held shiftLeft(HloCall call) {
    long bits = 8L * call.dtype(call.type(0)).bytes();
    Binding by = call.operand(1).binding();
    Binding inside =
        call.aten("logical_and", call.aten("ge", by, 0L), call.aten("lt", by, bits));
    Binding kept = call.aten("where", inside, by, 0L);
    Binding first =
        call.aten("bitwise_left_shift", call.operand(0).binding(), call.aten("clamp", kept, 0L, STEP));
    // A shift by more gives a number that is refused, unless it is of 0.
    Binding rest = call.aten("clamp", call.aten("sub", kept, STEP), 0L, MOST_BITS - 1);
    Binding shifted = call.aten("bitwise_left_shift", first, rest);
    return ofTwo(call, call.aten("where", inside, shifted, 0L));
  }

  /** By the type's bits and more, as by a negative number, the sign is left. */
  private static Held shiftRight(HloCall call) {
    return ofTwo(call, shiftedRight(call));
  }

  /** A shift of a negative number by y is the one that keeps the sign, and 2^(bits - y) more. */
  private static Held shiftLogical(HloCall call) {
    DType dtype = call.dtype(call.type(0));
    long bits = 8L * dtype.bytes();
    Binding by = call.operand(1).binding();
    Binding negative = call.aten("lt", call.operand(0).binding(), 0L);
    Binding outside =
        call.aten("logical_or", call.aten("lt", by, 0L), call.aten("ge", by, bits));
    Binding moved =
        call.aten("logical_and", call.aten("gt", by, 0L), call.aten("lt", by, bits));
    Binding one =
        call.aten("to", call.aten("logical_and", negative, moved), DType.I64);
    Binding left = call.aten("sub", call.aten("where", moved, by, bits), bits);
    Binding places = call.aten("neg", left);
    Binding first = call.aten("bitwise_left_shift", one, call.aten("clamp", places, 0L, STEP));
    Binding rest = call.aten("clamp", call.aten("sub", places, STEP), 0L, MOST_BITS - 1);
    Binding more = call.aten("bitwise_left_shift", first, rest);
    Binding sum = call.aten("add", call.aten("to", shiftedRight(call), DType.I64), more);
    Binding none = call.aten("logical_and", negative, outside);
    return ofTwo(call, call.aten("to", call.aten("where", none, 0L, sum), dtype));
  }

  private static Binding shiftedRight(HloCall call) {
    Binding by = call.operand(1).binding();
    Binding all = call.aten("where", call.aten("lt", by, 0L), MOST_BITS, by);
    Binding first =
        call.aten("bitwise_right_shift", call.operand(0).binding(), call.aten("clamp", all, 0L, STEP));
    Binding rest = call.aten("clamp", call.aten("sub", all, STEP), 0L, MOST_BITS - STEP);
    return call.aten("bitwise_right_shift", first, rest);
  }

  private static Held not(HloCall call) {
    String aten = ElementTypes.isBoolean(call.type(0)) ? "logical_not" : "bitwise_not";
    return ofOne(call, call.aten(aten, call.operand(0).binding()));
  }

  private static Held compare(HloCall call) {
    String direction =
        call.word("comparison_direction")
            .orElseThrow(() -> call.refused("it compares in no direction"));
    if (call.word("compare_type").filter("TOTALORDER"::equals).isPresent()) {
      throw call.refused("the total order of floating-point numbers cannot be proved");
    }
    String aten =
        switch (direction) {
          case "EQ" -> "eq";
          case "NE" -> "ne";
          case "GE" -> "ge";
          case "GT" -> "gt";
          case "LE" -> "le";
          case "LT" -> "lt";
          default -> throw call.refused("there is no comparison " + direction);
        };
    Optional<Binding.Literal> right =
        ElementTypes.isBoolean(call.type(0)) ? Optional.empty() : Elementwise.number(call, 1, 0);
    return ofTwo(
        call,
        call.aten(
            aten,
            call.operand(0).binding(),
            right.<Binding>map(r -> r).orElse(call.operand(1).binding())));
  }

  /** The second operand where the first is true, else the third. */
  private static Held select(HloCall call) {
    Held condition = call.operand(0);
    Held then = call.operand(1);
    Held otherwise = call.operand(2);
    Optional<Held> taken = GatherOperations.filled(call, then, otherwise);
    if (taken.isPresent()) {
      return taken.orElseThrow();
    }
    int rank = then.type().rank();
    if (condition.type().rank() != rank) {
      List<Long> ones = Collections.nCopies(rank, 1L);
      condition =
          new Held(call.aten("reshape", condition.binding(), ones), ones, then.type());
    }
    return call.result(
        call.aten("where", condition.binding(), then.binding(), otherwise.binding()),
        Elementwise.extents(call, condition, then, otherwise));
  }
}
