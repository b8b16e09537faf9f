package org.zkc.gkr.prove;

/**
 * The elements of every INPUT, WITNESS and VIRTUAL tensor of a circuit, each row-major over its
 * real index set, as integers. Filled by whoever ran the integer program; the prover only reads it.
 */
public final class Witness {
  private final int[][] elements;

  /** For a circuit of {@code tensors} tensors, none of them known yet. */
  public Witness(int tensors) {
    elements = new int[tensors][];
  }

  /** Keeps the array; the caller does not change it afterwards. */
  public void set(int tensor, int[] values) {
    elements[tensor] = values;
  }

  /**
   * The elements of a tensor, shared.
   *
   * @throws IllegalStateException when they were never set
   */
  public int[] elements(int tensor) {
    if (elements[tensor] == null) {
      throw new IllegalStateException("tensor " + tensor + " has no elements in the witness");
    }
    return elements[tensor];
  }

  public boolean has(int tensor) {
    return elements[tensor] != null;
  }
}
