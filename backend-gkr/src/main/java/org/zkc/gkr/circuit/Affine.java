package org.zkc.gkr.circuit;

import java.util.List;

/**
 * result = sum_k coefficient_k view_k(source_k) + sum_j value_j [index in box_j], elementwise on
 * the result's real index set. The relation covers addition, scaling, slices, padding,
 * concatenation, broadcast, permutation, reshape, sums along axes, sum pooling. It costs no
 * sumcheck: claims move to the sources.
 */
public record Affine(int result, List<Term> terms, List<Box> constants) implements Relation {

  /**
   * coefficient times the source seen through {@code steps}, applied in order, source first.
   * |coefficient| < 2^30.
   */
  public record Term(int source, long coefficient, List<ViewStep> steps) {
    public Term {
      steps = List.copyOf(steps);
    }
  }

  /** {@code value} at every index with starts[a] <= index[a] < limits[a], 0 elsewhere. */
  public record Box(long value, List<Integer> starts, List<Integer> limits) {
    public Box {
      starts = List.copyOf(starts);
      limits = List.copyOf(limits);
    }
  }

  public Affine {
    terms = List.copyOf(terms);
    constants = List.copyOf(constants);
  }

  @Override
  public List<Integer> sources() {
    return terms.stream().map(Term::source).toList();
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public String mnemonic() {
    return "linear";
  }

  @Override
  public String label() {
    return "Linear";
  }
}
