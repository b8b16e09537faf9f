package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

/** The conditions on a {@link Product}, and what its result ranges over. */
final class ProductCheck {
  private ProductCheck() {}

  static Interval interval(Product p, TensorDeclaration d, CheckState state) {
    Interval a = state.source(p.left());
    Interval b = state.source(p.right());
    require(state.tensor(p.left()).shape().equals(d.shape()), "the left shape differs");
    require(state.tensor(p.right()).shape().equals(d.shape()), "the right shape differs");
    state.degree(p.result(), state.degree(p.left()) + state.degree(p.right()));
    return a.times(b);
  }
}
