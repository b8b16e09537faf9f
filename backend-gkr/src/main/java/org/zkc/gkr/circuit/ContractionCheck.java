package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import org.zkc.gkr.circuit.TensorDeclaration.Role;

/**
 * The conditions on the relations that sum products of two tensors, {@link Conv}, {@link FftConv}
 * and {@link MatMul}, and the intervals of their results.
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
      // The verifier evaluates one function at all points, with two products of E for each, and
      // reads the function at every index.
      state.count(16L * c.sizes().get(a) + x.extent(2 + a) + w.extent(2 + a) + d.extent(2 + a));
    }
    return result;
  }

  /** Checks the conditions that both forms of a convolution share. */
  private static Interval convolution(Conv c, TensorDeclaration d, CheckState state) {
    state.source(c.source());
    state.source(c.weight());
    TensorDeclaration w = state.tensor(c.weight());
    ConvShapes.require(c, state.tensor(c.source()), w, d);
    long terms = w.shape().subList(1, 4).stream().reduce(1, Math::multiplyExact);
    // Taps outside the source add 0.
    Interval each = state.source(c.source()).times(state.source(c.weight()));
    Interval orZero = new Interval(Math.min(0, each.low()), Math.max(0, each.high()));
    return sums(c, orZero, terms, true, state);
  }

  static Interval interval(MatMul m, TensorDeclaration d, CheckState state) {
    state.source(m.left());
    state.source(m.right());
    TensorDeclaration right = state.tensor(m.right());
    MatMulShapes.require(state.tensor(m.left()), right, d);
    Interval each = state.source(m.left()).times(state.source(m.right()));
    Interval sums = sums(m, each, right.extent(right.rank() - 1), right.rank() == 2, state);
    return right.role() == Role.MODEL && right.rank() == 2
        ? withinNorms(sums, state.lineNorm(m.left()), right.norm())
        : sums;
  }

  /** A sum is at most the product of the 2-norms of its factors (Cauchy and Schwarz). */
  private static Interval withinNorms(Interval sums, long left, long right) {
    if (left == LineNorms.UNKNOWN || right == 0) {
      return sums;
    }
    long most = Math.multiplyExact(left, right);
    return new Interval(Math.max(sums.low(), -most), Math.min(sums.high(), most));
  }

  /**
   * The interval of sums of products of one element from each source, with no element used twice.
   *
   * @param each the interval of a term
   * @param byChannel whether a sum reads only one index on axis 0 of the second source
   */
  private static Interval sums(
      Relation relation, Interval each, long terms, boolean byChannel, CheckState state) {
    int a = relation.sources().get(0);
    int b = relation.sources().get(1);
    state.degree(relation.result(), state.degree(a) + state.degree(b));
    state.count(state.tensor(a).elementCount());
    boolean isModel = state.tensor(b).role() == Role.MODEL;
    if (isModel && byChannel) {
      return weightedSum(state.tensor(b), state.source(a));
    }
    if (!isModel) {
      state.count(state.tensor(b).elementCount());
    }
    long low = Math.multiplyExact(terms, each.low());
    long high = Math.multiplyExact(terms, each.high());
    int model = isModel ? b : a;
    // The declared sums of a MODEL tensor are those of one index on axis 0. They bound a sum that
    // reads fewer elements of that index. They do not bound a sum that runs along axis 0 itself,
    // as a sum over a left factor without other axes does.
    if (state.tensor(model).role() == Role.MODEL && state.tensor(model).rank() >= 2) {
      Interval allowed = weightedSum(state.tensor(model), state.source(isModel ? a : b));
      low = Math.max(low, allowed.low());
      high = Math.min(high, allowed.high());
      require(low <= high, "bounds of elements and of channel sums that contradict each other");
    }
    return new Interval(low, high);
  }

  /**
   * The interval of the sum of weights times elements or zeros, from the bounds of the weights'
   * positive and negative sums.
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
