package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/**
 * Elementwise operations, and the methods that they share here, work on operands in their stored
 * form.
 */
final class Elementwise {
  private Elementwise() {}

  /** A function of one tensor. */
  static HloOperator unary(String aten) {
    return HloOperator.one(call -> ofOne(call, call.aten(aten, call.operand(0).binding())));
  }

  /** A function of two tensors. */
  static HloOperator binary(String aten) {
    return HloOperator.one(
        call -> ofTwo(call, call.aten(aten, call.operand(0).binding(), call.operand(1).binding())));
  }

  /** The result of a function of the elements of the first operand. */
  static Held ofOne(HloCall call, Binding result) {
    return call.result(result, call.operand(0).extents());
  }

  /** The result of a function of the elements of two operands. */
  static Held ofTwo(HloCall call, Binding result) {
    return call.result(result, extents(call, call.operand(0), call.operand(1)));
  }

  /** The extents of a tensor that several were broadcast to. */
  static List<Long> extents(HloCall call, Held... operands) {
    int rank = operands[0].extents().size();
    List<Long> out = new ArrayList<>(operands[0].extents());
    for (Held operand : operands) {
      if (operand.extents().size() != rank) {
        throw call.refused(
            "its operands have %d and %d dimensions".formatted(rank, operand.extents().size()));
      }
      for (int d = 0; d < rank; d++) {
        long extent = operand.extents().get(d);
        long before = out.get(d);
        if (before == 1) {
          out.set(d, extent);
        } else if (extent != 1 && extent != before) {
          throw call.refused("its operands have extents %d and %d".formatted(before, extent));
        }
      }
    }
    return out;
  }

  /**
   * The constant that an operand is, as the number that ATen's operators take beside a tensor; none
   * where the other operand is a constant too.
   */
  static Optional<Binding.Literal> number(HloCall call, int operand, int other) {
    return call.operand(other).number().isPresent()
        ? Optional.empty()
        : call.operand(operand).number();
  }

  /** A real constant's value. */
  static Optional<Double> real(HloCall call, int operand) {
    return call.operand(operand)
        .number()
        .filter(_ -> ElementTypes.isReal(call.type(operand)))
        .flatMap(Elementwise::value);
  }

  /** The number of a literal; 0 or 1 for a truth value. */
  static Optional<Double> value(Binding.Literal literal) {
    return switch (literal.text()) {
      case "inf" -> Optional.of(Double.POSITIVE_INFINITY);
      case "-inf" -> Optional.of(Double.NEGATIVE_INFINITY);
      case "nan" -> Optional.of(Double.NaN);
      case "True" -> Optional.of(1.0);
      case "False" -> Optional.of(0.0);
      default -> Optional.of(Double.parseDouble(literal.text()));
    };
  }
}
