package org.zkc.gkr.layered;

/**
 * A register that a {@link LayeredCircuitBuilder} has made: a vector of wires, the same number in
 * every copy. It belongs to one layer of one builder.
 */
public final class Wires {
  private final LayeredCircuitBuilder builder;
  private final int layer;
  private final int gate;
  private final int width;

  Wires(LayeredCircuitBuilder builder, int layer, int gate, int width) {
    this.builder = builder;
    this.layer = layer;
    this.gate = gate;
    this.width = width;
  }

  /** The number of wires. */
  public int width() {
    return width;
  }

  /** The gate's number in the layer that {@code builder} is at. */
  int gate(LayeredCircuitBuilder user, int current) {
    if (user != builder) {
      throw new IllegalArgumentException("the register belongs to another builder");
    }
    if (layer != current) {
      throw new IllegalArgumentException(
          "the register belongs to layer "
              + layer
              + ", and layer "
              + current
              + " is being built: pass it through layer()");
    }
    return gate;
  }
}
