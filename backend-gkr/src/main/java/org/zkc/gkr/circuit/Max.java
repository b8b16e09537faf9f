package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result = elementwise maximum of 2 to 4 tensors of one shape: every result - source_i is in [0,
 * 2^bits), looked up whole or in limbs, and their product is 0. docs/protocol.md section 4.
 */
public record Max(int result, List<Integer> sources, int bits) implements Relation {
  public Max {
    sources = List.copyOf(sources);
  }

  /**
   * The bits that are looked up of a difference, from the lowest on: all, or limbs of at most 10.
   */
  public List<Integer> limbs() {
    return bits <= CircuitLimits.RANGE_BITS ? List.of(bits) : RoundedQuotient.limbs(bits);
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
