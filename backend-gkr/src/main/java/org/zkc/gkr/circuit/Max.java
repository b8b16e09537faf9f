package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

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
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] out = elements.apply(sources.get(0)).clone();
    for (int t : sources) {
      for (int k = 0; k < out.length; k++) {
        out[k] = Math.max(out[k], elements.apply(t)[k]);
      }
    }
    return out;
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
