package org.zkc.torchexport.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression in symbolic dimensions, as {@code sympy.srepr} prints it: {@code Mul(Integer(2),
 * Symbol('s77', positive=True, integer=True))}.
 */
public sealed interface SymbolicExpression {

  record Symbol(String name) implements SymbolicExpression {
    public Symbol {
      Objects.requireNonNull(name);
    }
  }

  record Number(long value) implements SymbolicExpression {}

  record Applied(Operation operation, List<SymbolicExpression> operands)
      implements SymbolicExpression {
    public Applied {
      operands = List.copyOf(operands);
    }
  }

  /** Something that zkc does not compute; only its value for the example is known. */
  record Opaque() implements SymbolicExpression {}

  /** The operations of sizes that exported programs have. */
  enum Operation {
    ADD,
    MULTIPLY,
    FLOOR_DIVIDE
  }

  /** The value, where all symbols in it are known and it is not opaque. */
  default OptionalLong value(Map<String, Long> symbols) {
    try {
      return switch (this) {
        case Symbol s ->
            symbols.containsKey(s.name())
                ? OptionalLong.of(symbols.get(s.name()))
                : OptionalLong.empty();
        case Number n -> OptionalLong.of(n.value());
        case Opaque _ -> OptionalLong.empty();
        case Applied a -> {
          long value = 0;
          for (int i = 0; i < a.operands().size(); i++) {
            OptionalLong operand = a.operands().get(i).value(symbols);
            if (operand.isEmpty()) {
              yield OptionalLong.empty();
            }
            value = i == 0 ? operand.getAsLong() : applied(a, value, operand.getAsLong());
          }
          yield OptionalLong.of(value);
        }
      };
    } catch (ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  private static long applied(Applied by, long left, long right) {
    return switch (by.operation()) {
      case ADD -> Math.addExact(left, right);
      case MULTIPLY -> Math.multiplyExact(left, right);
      case FLOOR_DIVIDE -> Math.floorDiv(left, right);
    };
  }

  /** The names of the symbols in it, sorted. */
  default Set<String> symbols() {
    Set<String> out = new TreeSet<>();
    switch (this) {
      case Symbol s -> out.add(s.name());
      case Applied a -> a.operands().forEach(o -> out.addAll(o.symbols()));
      case Number _, Opaque _ -> {}
    }
    return out;
  }

  /** Reads an expression; what is not of the forms above is opaque. */
  static SymbolicExpression parse(String text) {
    Parser parser = new Parser(text);
    try {
      SymbolicExpression read = parser.expression(0);
      return parser.isAtEnd() ? read : new Opaque();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return new Opaque();
    }
  }

  /** Recursive descent over the text. */
  final class Parser {
    private static final int MAX_DEPTH = 32;
    private static final Pattern SYMBOL =
        Pattern.compile("Symbol\\('(\\w{1,64})'(?:, *\\w+ *= *\\w+)*\\)");
    private static final Pattern NUMBER = Pattern.compile("Integer\\((-?\\d{1,18})\\)");
    private static final Pattern HEAD = Pattern.compile("(Add|Mul|FloorDiv)\\(");

    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private boolean isAtEnd() {
      return at == text.length();
    }

    private SymbolicExpression expression(int depth) {
      if (depth > MAX_DEPTH) {
        throw new IllegalArgumentException("nested too deeply");
      }
      Matcher symbol = SYMBOL.matcher(text).region(at, text.length());
      if (symbol.lookingAt()) {
        at = symbol.end();
        return new Symbol(symbol.group(1));
      }
      Matcher number = NUMBER.matcher(text).region(at, text.length());
      if (number.lookingAt()) {
        at = number.end();
        return new Number(Long.parseLong(number.group(1)));
      }
      Matcher head = HEAD.matcher(text).region(at, text.length());
      if (!head.lookingAt()) {
        throw new IllegalArgumentException("not an expression");
      }
      at = head.end();
      List<SymbolicExpression> operands = new ArrayList<>();
      operands.add(expression(depth + 1));
      while (text.startsWith(", ", at)) {
        at += 2;
        operands.add(expression(depth + 1));
      }
      if (!text.startsWith(")", at)) {
        throw new IllegalArgumentException("not closed");
      }
      at++;
      return new Applied(
          switch (head.group(1)) {
            case "Add" -> Operation.ADD;
            case "Mul" -> Operation.MULTIPLY;
            default -> Operation.FLOOR_DIVIDE;
          },
          operands);
    }
  }
}
