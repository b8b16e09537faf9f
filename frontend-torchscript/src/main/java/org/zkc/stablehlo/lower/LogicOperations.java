package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofOne;
import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/**
 * Comparisons, logic and choices of elements (StableHLO specification, "and", "compare", "not",
 * "or", "select", "xor").
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
          Map.entry("stablehlo.is_finite", Elementwise.unary("isfinite")));

  private LogicOperations() {}

  /** A logical operator on two tensors of booleans, of which one may be known to decide nothing. */
  static Held logical(HloCall call, String aten) {
    for (int side = 0; side < 2; side++) {
      Optional<Double> known =
          call.operand(side)
              .number()
              .filter(_ -> ElementTypes.isBoolean(call.type(0)))
              .flatMap(Elementwise::value);
      Held other = call.operand(1 - side);
      double neutral = aten.equals("logical_and") ? 1 : 0;
      if (known.filter(k -> k == neutral).isPresent() && other.isWhole()) {
        return new Held(other.binding(), other.extents(), call.resultType(0), other.number());
      }
    }
    return ofTwo(call, call.aten(aten, call.operand(0).binding(), call.operand(1).binding()));
  }

  private static HloOperator bits(String ofBooleans, String ofIntegers) {
    return HloOperator.one(
        call -> logical(call, ElementTypes.isBoolean(call.type(0)) ? ofBooleans : ofIntegers));
  }

  private static Held not(HloCall call) {
    String aten = ElementTypes.isBoolean(call.type(0)) ? "logical_not" : "bitwise_not";
    return ofOne(call, call.aten(aten, call.operand(0).binding()));
  }

  private static Held compare(HloCall call) {
    String direction =
        call.word("comparison_direction")
            .orElseThrow(() -> call.refused("it compares in no direction"));
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
    if (call.word("compare_type").filter("TOTALORDER"::equals).isPresent()) {
      Binding left = call.own("ordered", call.operand(0).binding());
      return ofTwo(call, call.aten(aten, left, call.own("ordered", call.operand(1).binding())));
    }
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
    Optional<Double> known = condition.number().flatMap(Elementwise::value);
    if (known.isPresent()) {
      Held chosen = known.orElseThrow() != 0 ? then : otherwise;
      return new Held(chosen.binding(), chosen.extents(), call.resultType(0), chosen.number());
    }
    Optional<Held> taken =
        GatherOperations.filled(call, then, otherwise)
            .or(() -> GuardedProduct.of(call))
            .or(() -> ChoiceOfEquals.of(call));
    if (taken.isPresent()) {
      return taken.orElseThrow();
    }
    int rank = then.type().rank();
    if (condition.type().rank() != rank) {
      List<Long> ones = Collections.nCopies(rank, 1L);
      condition = new Held(call.aten("reshape", condition.binding(), ones), ones, then.type());
    }
    return call.result(
        call.aten("where", condition.binding(), then.binding(), otherwise.binding()),
        Elementwise.extents(call, condition, then, otherwise));
  }
}
