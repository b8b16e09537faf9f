package org.zkc.gkr.prove;

import org.jspecify.annotations.Nullable;
import org.zkc.gkr.kernel.Workers;

/**
 * The elements of every INPUT, WITNESS and VIRTUAL tensor of a circuit, each row-major over its
 * real index set, as integers. The executor of the integer program fills it. Elements are kept in
 * as few bytes as their range needs.
 */
public final class Witness {
  private final @Nullable PackedIntegers[] elements;

  /** A witness for a circuit of {@code tensors} tensors, none of them known yet. */
  public Witness(int tensors) {
    elements = new PackedIntegers[tensors];
  }

  /** Sets a tensor's elements; the array is not kept. */
  public void set(int tensor, int[] values) {
    set(tensor, values, Workers.callerOnly());
  }

  /** {@link #set(int, int[])}, packed by several threads. */
  public void set(int tensor, int[] values, Workers workers) {
    elements[tensor] = PackedIntegers.of(values, workers);
  }

  /**
   * The elements of a tensor, in a fresh array.
   *
   * @throws IllegalStateException when they were never set, or released
   */
  public int[] elements(int tensor) {
    return packed(tensor).signed();
  }

  PackedIntegers packed(int tensor) {
    PackedIntegers packed = elements[tensor];
    if (packed == null) {
      throw new IllegalStateException("tensor " + tensor + " has no elements in the witness");
    }
    return packed;
  }

  public boolean has(int tensor) {
    return elements[tensor] != null;
  }

  /** Releases a tensor's elements. */
  public void release(int tensor) {
    elements[tensor] = null;
  }
}
