package org.zkc.gkr.circuit;

import java.util.List;

/**
 * result = elementwise maximum of 2 to 4 tensors of one shape: every result - source_i is in a
 * range table of {@code bits} bits, and their product is 0. docs/protocol.md section 4.
 */
public record Max(int result, List<Integer> sources, int bits) implements Relation {
  public Max {
    sources = List.copyOf(sources);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public String mnemonic() {
    return "max";
  }

  @Override
  public String label() {
    return "Max";
  }
}
