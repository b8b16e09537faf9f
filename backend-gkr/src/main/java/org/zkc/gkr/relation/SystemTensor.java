package org.zkc.gkr.relation;

import java.util.List;

/**
 * A tensor of a {@link ConstraintSystem}: a tensor of the circuit, under the circuit's index, or
 * one that a relation's expansion adds behind those.
 *
 * @param name for messages
 */
public record SystemTensor(String name, List<Integer> shape, Holder holder) {
  public SystemTensor {
    shape = List.copyOf(shape);
  }

  /** Number of real elements. */
  public int elementCount() {
    int n = 1;
    for (int e : shape) {
      n *= e;
    }
    return n;
  }
}
