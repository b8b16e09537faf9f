package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightRows;

/**
 * The claims on a committed tensor as one on its cells: sum_j c_j &lt;w_j, T&gt; = sum_j c_j v_j.
 */
final class CellClaims {
  private record Term(Weight weight, Ext coefficient) {}

  private final List<Term> terms = new ArrayList<>();
  private Ext value = Ext.ZERO;

  /** Adds a claim, whose weight is the sum of these, times a coefficient. */
  void add(List<Weight> weights, Ext claimed, Ext coefficient) {
    weights.forEach(w -> terms.add(new Term(w, coefficient)));
    value = value.add(coefficient.mul(claimed));
  }

  /** sum_j c_j v_j. */
  Ext value() {
    return value;
  }

  /** The weights c_j w_j, each time anew. */
  List<WeightRows> rows() {
    return terms.stream().map(t -> t.weight().rows(t.coefficient())).toList();
  }
}
