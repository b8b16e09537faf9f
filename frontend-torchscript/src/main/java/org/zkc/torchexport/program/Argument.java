package org.zkc.torchexport.program;

import java.util.List;
import java.util.Objects;

/** An argument or result of a node, as the union {@code Argument} of the schema has it. */
public sealed interface Argument {

  /** The type of a value that a name stands for, or of a list's elements. */
  enum Kind {
    TENSOR,
    OPTIONAL_TENSOR,
    INT,
    FLOAT,
    BOOL,
    STRING
  }

  record None() implements Argument {}

  /** A value of the graph. */
  record Name(String name, Kind kind) implements Argument {
    public Name {
      Objects.requireNonNull(name);
    }
  }

  record Int(long value) implements Argument {}

  record Real(double value) implements Argument {}

  record Complex(double real, double imaginary) implements Argument {}

  record Bool(boolean value) implements Argument {}

  record Text(String value) implements Argument {
    public Text {
      Objects.requireNonNull(value);
    }
  }

  /** A device by name, {@code cpu} or {@code cuda:0}. */
  record Device(String name) implements Argument {
    public Device {
      Objects.requireNonNull(name);
    }
  }

  record Elements(Kind kind, List<Argument> elements) implements Argument {
    public Elements {
      elements = List.copyOf(elements);
    }
  }

  /** A graph that a higher-order operator applies. */
  record Subgraph(String name, Graph graph) implements Argument {
    public Subgraph {
      Objects.requireNonNull(name);
    }
  }

  /** An argument of a kind that zkc does not support; refused where it is used. */
  record Unsupported(String kind) implements Argument {
    public Unsupported {
      Objects.requireNonNull(kind);
    }
  }
}
