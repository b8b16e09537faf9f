package org.zkc.gkr.circuit;

/**
 * A circuit that exceeds a limit on the cost of a verification, or is too large for the target of
 * soundness. A smaller circuit of its kind would be accepted.
 */
public final class CircuitTooLarge extends InvalidCircuit {
  private static final long serialVersionUID = 1;

  public CircuitTooLarge(String message) {
    super(message);
  }

  private CircuitTooLarge(String message, int relation) {
    super(message, relation);
  }

  @Override
  CircuitTooLarge at(int index, String label) {
    return new CircuitTooLarge(named(index, label), index);
  }
}
