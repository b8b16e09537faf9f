package org.zkc.gkr.circuit;

/**
 * A circuit that {@link CircuitCheck} refuses; the message names the tensor or relation and the
 * condition it breaks.
 */
public final class InvalidCircuit extends RuntimeException {
  public InvalidCircuit(String message) {
    super(message);
  }
}
