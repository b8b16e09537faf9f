package org.zkc.torchexport.program;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/** A size, stride or offset: a number, or an expression in symbolic dimensions. */
public sealed interface Extent {

  record Fixed(long value) implements Extent {}

  /**
   * An expression.
   *
   * @param example its value for the example input, where the file tells
   */
  record Symbolic(SymbolicExpression expression, OptionalLong example) implements Extent {
    public Symbolic {
      Objects.requireNonNull(expression);
      Objects.requireNonNull(example);
    }
  }

  /** The value where symbols have these values; else that of the example, where it is known. */
  default OptionalLong value(Map<String, Long> symbols) {
    return switch (this) {
      case Fixed f -> OptionalLong.of(f.value());
      case Symbolic s -> {
        OptionalLong value = s.expression().value(symbols);
        yield value.isPresent() ? value : s.example();
      }
    };
  }

  /** The symbols in it. */
  default Set<String> symbols() {
    return switch (this) {
      case Fixed _ -> Set.of();
      case Symbolic s -> s.expression().symbols();
    };
  }
}
