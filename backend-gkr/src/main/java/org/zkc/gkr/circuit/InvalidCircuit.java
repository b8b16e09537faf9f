package org.zkc.gkr.circuit;

import java.util.OptionalInt;

/**
 * A circuit that {@link CircuitCheck} refuses; the message names the tensor or relation and the
 * condition it breaks.
 */
public sealed class InvalidCircuit extends RuntimeException permits CircuitTooLarge {
  private static final long serialVersionUID = 1;
  private static final int NONE = -1;

  private final int relation;

  public InvalidCircuit(String message) {
    this(message, NONE);
  }

  InvalidCircuit(String message, int relation) {
    super(message);
    this.relation = relation;
  }

  /** The index of the relation that breaks the condition; empty where no relation does. */
  public final OptionalInt relation() {
    return relation == NONE ? OptionalInt.empty() : OptionalInt.of(relation);
  }

  /** The same refusal, with the name of the relation. */
  InvalidCircuit at(int index, String label) {
    return new InvalidCircuit(named(index, label), index);
  }

  /** The message of a refusal of a relation. */
  final String named(int index, String label) {
    return "relation " + index + " (" + label + "): " + getMessage();
  }
}
