package org.zkc.torchscript.lower;

import java.util.List;
import java.util.Optional;

/**
 * Folds the operators that branch conditions are made of, where all arguments are literals: arms
 * that cannot run are then not lowered at all ({@code if self.training}). Arithmetic is left to the
 * passes.
 */
final class LiteralFolding {

  private LiteralFolding() {}

  static Optional<Binding.Literal> fold(String operator, List<Binding> arguments) {
    if (!arguments.stream().allMatch(Binding.Literal.class::isInstance)) {
      return Optional.empty();
    }
    List<Binding.Literal> literals = arguments.stream().map(Binding.Literal.class::cast).toList();
    return switch (literals.size()) {
      case 1 -> unary(operator, literals.get(0));
      case 2 -> binary(operator, literals.get(0), literals.get(1));
      default -> Optional.empty();
    };
  }

  private static Optional<Binding.Literal> unary(String operator, Binding.Literal a) {
    return operator.equals("aten.__not__") && a.isBool()
        ? Optional.of(Binding.Literal.of(!a.asBoolean()))
        : Optional.empty();
  }

  private static Optional<Binding.Literal> binary(
      String operator, Binding.Literal a, Binding.Literal b) {
    if (a.isBool() && b.isBool()) {
      return switch (operator) {
        case "aten.__and__" -> Optional.of(Binding.Literal.of(a.asBoolean() && b.asBoolean()));
        case "aten.__or__" -> Optional.of(Binding.Literal.of(a.asBoolean() || b.asBoolean()));
        case "aten.eq" -> Optional.of(Binding.Literal.of(a.asBoolean() == b.asBoolean()));
        case "aten.ne" -> Optional.of(Binding.Literal.of(a.asBoolean() != b.asBoolean()));
        default -> Optional.empty();
      };
    }
    if (a.isString() && b.isString()) {
      return switch (operator) {
        case "aten.eq" -> Optional.of(Binding.Literal.of(a.text().equals(b.text())));
        case "aten.ne" -> Optional.of(Binding.Literal.of(!a.text().equals(b.text())));
        case "aten.add" -> Optional.of(Binding.Literal.of(a.asString() + b.asString()));
        default -> Optional.empty();
      };
    }
    if (a.isInt() && b.isInt()) {
      return comparison(operator, Long.compare(a.asLong(), b.asLong()));
    }
    return isNumber(a) && isNumber(b) && !Double.isNaN(a.asDouble()) && !Double.isNaN(b.asDouble())
        ? comparison(
            operator, a.asDouble() == b.asDouble() ? 0 : Double.compare(a.asDouble(), b.asDouble()))
        : Optional.empty();
  }

  private static boolean isNumber(Binding.Literal l) {
    return !l.isBool() && !l.isString() && !l.isNone() && !l.text().startsWith("\"");
  }

  private static Optional<Binding.Literal> comparison(String operator, int order) {
    return switch (operator) {
      case "aten.eq" -> Optional.of(Binding.Literal.of(order == 0));
      case "aten.ne" -> Optional.of(Binding.Literal.of(order != 0));
      case "aten.lt" -> Optional.of(Binding.Literal.of(order < 0));
      case "aten.le" -> Optional.of(Binding.Literal.of(order <= 0));
      case "aten.gt" -> Optional.of(Binding.Literal.of(order > 0));
      case "aten.ge" -> Optional.of(Binding.Literal.of(order >= 0));
      default -> Optional.empty();
    };
  }
}
