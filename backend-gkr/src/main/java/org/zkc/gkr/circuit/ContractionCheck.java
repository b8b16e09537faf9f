package org.zkc.gkr.circuit;

import org.zkc.gkr.circuit.TensorDeclaration.Role;

/**
 * The conditions on the relations that sum products of two tensors, {@link Conv}, {@link FftConv}
 * and {@link MatMul}, and what their results range over.
 */
final class ContractionCheck {
  private ContractionCheck() {}

  static Interval interval(Conv c, TensorDeclaration d, CheckState state) {
    Interval result = convolution(c, d, state);
    for (int a = 2; a < 4; a++) {
      long taps = state.tensor(c.weight()).extent(a);
      // The verifier carries a weight through every tap.
      state.count(taps * ((long) d.extent(a) + state.tensor(c.source()).extent(a)));
    }
    return result;
  }

  static Interval interval(FftConv c, TensorDeclaration d, CheckState state) {
    Interval result = convolution(c.conv(), d, state);
    TensorDeclaration x = state.tensor(c.conv().source());
    TensorDeclaration w = state.tensor(c.conv().weight());
    ConvShapes.requirePoints(c, x, w, d);
    for (int a = 0; a < 2; a++) {
      // The verifier evaluates one function at all points, two products of E each, one by one, and
      // reads it at every index.
      state.count(16L * c.sizes().get(a) + x.extent(2 + a) + w.extent(2 + a) + d.extent(2 + a));
    }
    return result;
  }

  /** What both ways to prove a convolution ask for. */
  private static Interval convolution(Conv c, TensorDeclaration d, CheckState state) {
    state.source(c.source());
    state.source(c.weight());
    TensorDeclaration w = state.tensor(c.weight());
    ConvShapes.require(c, state.tensor(c.source()), w, d);
    long terms = w.shape().subList(1, 4).stream().reduce(1, Math::multiplyExact);
    return sumOfProducts(c, terms, state);
  }

  static Interval interval(MatMul m, TensorDeclaration d, CheckState state) {
    state.source(m.left());
    state.source(m.right());
    TensorDeclaration right = state.tensor(m.right());
    MatMulShapes.require(state.tensor(m.left()), right, d);
    return sumOfProducts(m, right.extent(right.rank() - 1), state);
  }

  /**
   * Sums of up to {@code terms} products of an element each of both sources, each element once;
   * from the bounds of a MODEL tensor's positive and negative sums where there is one.
   */
  private static Interval sumOfProducts(Relation relation, long terms, CheckState state) {
    int a = relation.sources().get(0);
    int b = relation.sources().get(1);
    state.degree(relation.result(), state.degree(a) + state.degree(b));
    TensorDeclaration first = state.tensor(a);
    TensorDeclaration second = state.tensor(b);
    state.count(first.elementCount());
    if (second.role() == Role.MODEL) {
      return weightedSum(second, state.source(a));
    }
    state.count(second.elementCount());
    if (first.role() == Role.MODEL) {
      return weightedSum(first, state.source(b));
    }
    Interval each = state.source(a).times(state.source(b));
    return new Interval(
        Math.multiplyExact(terms, Math.min(0, each.low())),
        Math.multiplyExact(terms, Math.max(0, each.high())));
  }

  /**
   * The sum of weights times elements or zeros, from the bounds of the weights' positive and
   * negative sums.
   */
  private static Interval weightedSum(TensorDeclaration w, Interval x) {
    long low = Math.min(0, x.low());
    long high = Math.max(0, x.high());
    return new Interval(
        Math.subtractExact(
            Math.multiplyExact(w.positive(), low), Math.multiplyExact(w.negative(), high)),
        Math.subtractExact(
            Math.multiplyExact(w.positive(), high), Math.multiplyExact(w.negative(), low)));
  }
}
