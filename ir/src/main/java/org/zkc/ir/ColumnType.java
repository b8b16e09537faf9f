package org.zkc.ir;

import java.util.Objects;

/**
 * A circuit-level value: {@code col<virtual 1x6x28x28 [-9000, 9000]>}. Elements are integers in
 * [low, high] inside (-2^30, 2^30), extended by zero outside the shape.
 */
public record ColumnType(Kind kind, Shape shape, long low, long high) implements Type {

  /** The holder of the elements. */
  public enum Kind {
    /** Known to the verifier. */
    PUBLIC,
    /** In the model commitment. */
    MODEL,
    /** In the proof's witness commitment. */
    WITNESS,
    /** Never committed: claims about it move to the operands of the op that defines it. */
    VIRTUAL
  }

  public ColumnType {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(shape);
    if (low > high) {
      throw new IllegalArgumentException("empty interval [" + low + ", " + high + "]");
    }
  }
}
