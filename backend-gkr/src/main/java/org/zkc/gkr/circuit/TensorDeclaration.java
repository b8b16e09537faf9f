package org.zkc.gkr.circuit;

import java.util.List;

/**
 * A tensor of a {@link Circuit}: a function on its real index set, extended by zero. {@code low}
 * and {@code high} are the declared bounds of its elements for {@link Role#INPUT} and {@link
 * Role#MODEL}; for every other role {@link CircuitCheck} recomputes the bounds, and the declared
 * ones must contain them. All lie inside (-2^30, 2^30).
 *
 * @param positive for MODEL: a bound on the sum of the positive elements of any slice along axis 0
 *     (one output channel); 0 otherwise. The maker of the key is trusted for this bound, as for the
 *     element bounds.
 * @param negative likewise, minus the sum of the negative elements
 * @param norm for MODEL: a bound on the 2-norm of any such slice, or 0 where none is declared; 0
 *     otherwise. The maker of the key is trusted for this bound too.
 */
public record TensorDeclaration(
    Role role, List<Integer> shape, long low, long high, long positive, long negative, long norm) {

  /** The holder of the elements. */
  public enum Role {
    /** Public, chosen by the user of the program. */
    INPUT,
    /** In the model commitment. */
    MODEL,
    /**
     * Defined by a nonlinear relation; committed in the proof, unless it is an output of the
     * circuit (then public).
     */
    WITNESS,
    /**
     * Defined by an Affine, Conv, FftConv, Gather, MatMul, Normalize or Product relation; never
     * committed.
     */
    VIRTUAL;

    /**
     * Whether elements are given with the circuit, its bounds too, and no relation defines them.
     */
    public boolean isGiven() {
      return switch (this) {
        case INPUT, MODEL -> true;
        case WITNESS, VIRTUAL -> false;
      };
    }
  }

  public TensorDeclaration {
    shape = List.copyOf(shape);
  }

  /** A tensor without a bound on 2-norms. */
  public TensorDeclaration(
      Role role, List<Integer> shape, long low, long high, long positive, long negative) {
    this(role, shape, low, high, positive, negative, 0);
  }

  public static TensorDeclaration input(List<Integer> shape, long low, long high) {
    return new TensorDeclaration(Role.INPUT, shape, low, high, 0, 0);
  }

  public static TensorDeclaration witness(List<Integer> shape, long low, long high) {
    return new TensorDeclaration(Role.WITNESS, shape, low, high, 0, 0);
  }

  public static TensorDeclaration virtual(List<Integer> shape, long low, long high) {
    return new TensorDeclaration(Role.VIRTUAL, shape, low, high, 0, 0);
  }

  /**
   * A tensor that a relation defines, with the widest bounds: {@link CircuitCheck} finds its own.
   */
  public static TensorDeclaration defined(Role role, List<Integer> shape) {
    return new TensorDeclaration(role, shape, 1 - Interval.BOUND, Interval.BOUND - 1, 0, 0);
  }

  public int extent(int axis) {
    return shape.get(axis);
  }

  public int rank() {
    return shape.size();
  }

  /** Number of real elements. */
  public long elementCount() {
    long n = 1;
    for (int e : shape) {
      n *= e;
    }
    return n;
  }
}
