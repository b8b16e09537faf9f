package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;
import org.zkc.stablehlo.program.HloElementType;

/** Questions about how values were made, through calls and through changes of shape alone. */
final class Definitions {
  private Definitions() {}

  /** Whether a value is the index along one of its dimensions. */
  static boolean isIota(HloCall call, Held value, int dimension) {
    Optional<HloCall> made = call.definition(value);
    if (made.isEmpty() || value.type().extents().get(dimension) == 1) {
      return made.isPresent() && value.type().extents().get(dimension) == 1 && isZero(call, value);
    }
    HloCall by = made.orElseThrow();
    if (by.isOf("stablehlo.iota")) {
      return by.integer("iota_dimension") == dimension;
    }
    if (by.isOf("stablehlo.broadcast_in_dim")) {
      int from =
          by.integers("broadcast_dimensions", by.type(0).rank(), -1).indexOf((long) dimension);
      return from >= 0 && isIota(by, by.operand(0), from);
    }
    if (by.isOf("stablehlo.reshape") || by.isOf("stablehlo.convert")) {
      int from = sameExtent(by.type(0).extents(), value.type().extents(), dimension);
      return from >= 0 && isIota(by, by.operand(0), from);
    }
    return false;
  }

  /**
   * Whether one coordinate of the places of a gather or scatter is 0 everywhere.
   *
   * @param vector the dimension that holds the coordinates; the rank where there is none
   */
  static boolean isZero(HloCall call, Held starts, int vector, int coordinate) {
    if (isZero(call, starts)) {
      return true;
    }
    Optional<HloCall> made = call.definition(starts).filter(by -> by.isOf("stablehlo.concatenate"));
    if (made.isEmpty() || made.orElseThrow().integer("dimension") != vector) {
      return false;
    }
    HloCall parts = made.orElseThrow();
    int before = 0;
    for (int i = 0; i < parts.operandCount(); i++) {
      Held part = parts.operand(i);
      int end = before + Math.toIntExact(part.type().extents().get(vector));
      if (coordinate < end) {
        return isZero(parts, part);
      }
      before = end;
    }
    return false;
  }

  /** Whether a value is an iota of an extent of 1, or a constant 0. */
  private static boolean isZero(HloCall call, Held value) {
    if (value.number().isPresent()) {
      return value.number().orElseThrow().text().equals("0");
    }
    return call.definition(value)
        .filter(by ->
            by.isOf("stablehlo.iota")
                || (by.isOf("stablehlo.broadcast_in_dim")
                        || by.isOf("stablehlo.reshape")
                        || by.isOf("stablehlo.convert"))
                    && isZero(by, by.operand(0)))
        .filter(by -> !by.isOf("stablehlo.iota") || value.extents().stream().allMatch(e -> e == 1))
        .isPresent();
  }

  /** The dimension that became {@code dimension} by dimensions of 1 that came or went; or -1. */
  private static int sameExtent(List<Long> from, List<Long> to, int dimension) {
    List<Long> before = to.subList(0, dimension).stream().filter(e -> e != 1).toList();
    int seen = 0;
    for (int d = 0; d < from.size(); d++) {
      long extent = from.get(d);
      if (extent == 1) {
        continue;
      }
      if (seen == before.size()) {
        return extent == to.get(dimension) ? d : -1;
      }
      if (extent != before.get(seen++)) {
        return -1;
      }
    }
    return -1;
  }

  /**
   * The indices that a program counts from the end where they are negative, as {@code select(i < 0,
   * i + n, i)}: i itself, which ATen's operators take as it is; empty for other values.
   *
   * @param extent n
   */
  static Optional<Held> wrapped(HloCall call, Held indices, long extent) {
    Optional<HloCall> made = call.definition(indices);
    while (made.isPresent()
        && (made.orElseThrow().isOf("stablehlo.broadcast_in_dim")
            || made.orElseThrow().isOf("stablehlo.reshape")
            || isWidening(made.orElseThrow()))) {
      made = made.orElseThrow().definition(made.orElseThrow().operand(0));
    }
    return made.filter(by -> by.isOf("stablehlo.select"))
        .filter(by -> {
          Held i = by.operand(2);
          return isNegative(by, by.operand(0), i) && isSum(by, by.operand(1), i, extent);
        })
        .map(by -> by.operand(2));
  }

  /**
   * Whether an operation converts integers to such of the same sign, and of as many bits or more.
   */
  private static boolean isWidening(HloCall call) {
    return call.isOf("stablehlo.convert")
        && call.type(0).element() instanceof HloElementType.IntegerElement from
        && call.resultType(0).element() instanceof HloElementType.IntegerElement to
        && from.signedness() == to.signedness()
        && from.bits() <= to.bits();
  }

  private static boolean isNegative(HloCall call, Held condition, Held i) {
    return call.definition(condition)
        .filter(by -> by.isOf("stablehlo.compare"))
        .filter(by -> by.word("comparison_direction").filter("LT"::equals).isPresent())
        .filter(by -> by.operand(0).binding() == i.binding() && isNumber(by.operand(1), 0))
        .isPresent();
  }

  private static boolean isSum(HloCall call, Held sum, Held i, long extent) {
    return call.definition(sum)
        .filter(by -> by.isOf("stablehlo.add"))
        .filter(by -> by.operand(0).binding() == i.binding() && isNumber(by.operand(1), extent))
        .isPresent();
  }

  private static boolean isNumber(Held value, long number) {
    return value.number().filter(n -> n.text().equals(Long.toString(number))).isPresent();
  }
}
