package org.zkc.torchscript.code;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.TorchType;

/** A statement of the code dialect. */
public sealed interface Statement {

  int offset();

  /** {@code a = e}, or {@code a : T = e} with a declared type. */
  record Assign(int offset, String target, Optional<TorchType> type, Expression value)
      implements Statement {}

  /** {@code a, b = f(x)}: an operator's several results. */
  record AssignResults(int offset, List<String> targets, Expression value) implements Statement {
    public AssignResults {
      targets = List.copyOf(targets);
    }
  }

  /** {@code a, b, = t}: the elements of a tuple or list. */
  record Unpack(int offset, List<String> targets, Expression value) implements Statement {
    public Unpack {
      targets = List.copyOf(targets);
    }
  }

  /** {@code a, b = c, d}: all right-hand sides are read before any name is bound. */
  record AssignTogether(int offset, List<String> targets, List<Expression> values)
      implements Statement {
    public AssignTogether {
      targets = List.copyOf(targets);
      values = List.copyOf(values);
    }
  }

  /** {@code self.a = e}. */
  record SetAttribute(int offset, Expression object, String name, Expression value)
      implements Statement {}

  record Effect(int offset, Expression expression) implements Statement {}

  record Return(int offset, Expression value) implements Statement {}

  record Pass(int offset) implements Statement {}

  record If(int offset, Expression condition, List<Statement> then, List<Statement> otherwise)
      implements Statement {
    public If {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  record While(int offset, Expression condition, List<Statement> body) implements Statement {
    public While {
      body = List.copyOf(body);
    }
  }

  /** {@code for index in range(count)}. */
  record For(int offset, String index, Expression count, List<Statement> body)
      implements Statement {
    public For {
      body = List.copyOf(body);
    }
  }

  record With(int offset, Expression context, Optional<String> name, List<Statement> body)
      implements Statement {
    public With {
      body = List.copyOf(body);
    }
  }

  /** A function inside a function: the body of {@code fork}. */
  record NestedFunction(int offset, FunctionDefinition function) implements Statement {}
}
