package org.zkc.gkr.circuit;

/**
 * A circuit that exceeds one of the limits on what a verification may cost, or on what reaches the
 * target of soundness: a smaller one of its kind would be accepted.
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
