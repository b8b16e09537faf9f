package org.zkc.gkr.relation;

import java.util.List;

/**
 * A prover's rule for a committed tensor that the circuit does not name. Advice constrains nothing.
 */
public sealed interface Advice {
  /** The tensor that the rule finds. */
  int result();

  /** The tensor that the rule reads. */
  int source();

  /** Bits [shift, shift + bits) of source + addend, two's complement, elementwise on integers. */
  record Bits(int result, int source, long addend, int shift, int bits) implements Advice {
    /** The advice for one element. */
    public int of(int sourceElement) {
      return (int) (sourceElement + addend >> shift & (1L << bits) - 1);
    }
  }

  /**
   * The greatest of the elements that the parts of an axis have at a place.
   *
   * @param starts the first index of each part; all have the length of the result's axis
   */
  record Greatest(int result, int source, int axis, List<Integer> starts) implements Advice {
    public Greatest {
      starts = List.copyOf(starts);
    }
  }
}
