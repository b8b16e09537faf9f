package org.zkc.gkr.relation;

/**
 * A prover's rule for a committed tensor that the circuit does not name: bits [shift, shift + bits)
 * of source + addend, two's complement, elementwise on integers. Advice constrains nothing.
 */
public record Advice(int result, int source, long addend, int shift, int bits) {
  /** The advice for one element. */
  public int of(int sourceElement) {
    return (int) (sourceElement + addend >> shift & (1L << bits) - 1);
  }
}
