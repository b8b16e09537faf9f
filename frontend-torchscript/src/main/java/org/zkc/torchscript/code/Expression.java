package org.zkc.torchscript.code;

import java.util.List;
import java.util.Objects;

/**
 * An expression of the code dialect; {@code offset} counts characters from the start of the record.
 */
public sealed interface Expression {

  int offset();

  record Name(int offset, String name) implements Expression {
    public Name {
      Objects.requireNonNull(name);
    }
  }

  /**
   * An integer literal with its sign. PyTorch prints integral floats of magnitude 1e10 to 1e17
   * without dot or exponent, so a literal of that size may be a float; see {@link #mayBeFloat}.
   */
  record IntLiteral(int offset, long value) implements Expression {

    /** Whether a float of this value prints like this integer. */
    public boolean mayBeFloat() {
      return value >= 10_000_000_000L || value <= -10_000_000_000L;
    }
  }

  record FloatLiteral(int offset, double value) implements Expression {}

  record ComplexLiteral(int offset, String text) implements Expression {}

  /** A string with its escapes resolved. */
  record StringLiteral(int offset, String value) implements Expression {}

  record BoolLiteral(int offset, boolean value) implements Expression {}

  record NoneLiteral(int offset) implements Expression {}

  record ListLiteral(int offset, List<Expression> elements) implements Expression {
    public ListLiteral {
      elements = List.copyOf(elements);
    }
  }

  record TupleLiteral(int offset, List<Expression> elements) implements Expression {
    public TupleLiteral {
      elements = List.copyOf(elements);
    }
  }

  record DictLiteral(int offset, List<Expression> keys, List<Expression> values)
      implements Expression {
    public DictLiteral {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
    }
  }

  record Attribute(int offset, Expression base, String name) implements Expression {}

  /** A call; keyword arguments follow positional ones. */
  record Call(int offset, Expression function, List<Expression> positional, List<Keyword> keywords)
      implements Expression {
    public Call {
      positional = List.copyOf(positional);
      keywords = List.copyOf(keywords);
    }
  }

  record Keyword(String name, Expression value) {}

  /** {@code base[i]}, or a type with arguments such as {@code Dict[str, int]}. */
  record Subscript(int offset, Expression base, List<Expression> indices) implements Expression {
    public Subscript {
      indices = List.copyOf(indices);
    }
  }

  record Slice(int offset, Expression base, Expression lower, Expression upper)
      implements Expression {}

  /** Unary minus of something that is not a number literal. */
  record Negation(int offset, Expression operand) implements Expression {}
}
