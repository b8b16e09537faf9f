package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

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
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    TensorDeclaration d = circuit.tensors().get(result);
    long[] sum = new long[(int) d.elementCount()];
    for (Term term : terms) {
      int[] source = elements.apply(term.source());
      long[] seen = new long[source.length];
      for (int k = 0; k < seen.length; k++) {
        seen[k] = source[k];
      }
      List<Integer> shape = circuit.tensors().get(term.source()).shape();
      for (ViewStep step : term.steps()) {
        seen = ViewSemantics.apply(seen, shape, step);
        shape = ViewSemantics.outcomeShape(shape, step);
      }
      for (int k = 0; k < sum.length; k++) {
        sum[k] += term.coefficient() * seen[k];
      }
    }
    int[] index = new int[d.rank()];
    int[] out = new int[sum.length];
    for (int k = 0; k < sum.length; k++) {
      for (Box box : constants) {
        boolean inside = true;
        for (int a = 0; a < index.length; a++) {
          inside &= box.starts().get(a) <= index[a] && index[a] < box.limits().get(a);
        }
        sum[k] += inside ? box.value() : 0;
      }
      out[k] = Math.toIntExact(sum[k]);
      for (int a = index.length - 1; a >= 0 && ++index[a] == d.extent(a); a--) {
        index[a] = 0;
      }
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return AffineCheck.interval(this, d, state);
  }

  @Override
  public long lineNorm(CheckState state) {
    return LineNorms.moved(this, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(batch.affine(this));
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
