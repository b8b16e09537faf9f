package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

/**
 * The conditions on a {@link Max}, above all the ranges of its differences, and what its result
 * ranges over.
 */
final class MaxCheck {
  private static final long P = Integer.MAX_VALUE;

  private MaxCheck() {}

  static Interval interval(Max m, TensorDeclaration d, CheckState state) {
    require(m.sources().size() >= 2 && m.sources().size() <= 4, "2 to 4 sources");
    require(m.bits() >= 1 && m.bits() <= CircuitLimits.MAX_BITS, "bits out of range");
    int product = 0;
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (int t : m.sources()) {
      Interval x = state.source(t);
      require(state.tensor(t).shape().equals(d.shape()), "a source's shape differs");
      product += state.degree(t);
      low = Math.max(low, x.low());
      high = Math.max(high, x.high());
      state.look(d, m.limbs().size());
    }
    require(
        product <= CircuitLimits.DEGREE,
        "multiplicative degree "
            + product
            + " of the differences' product, above "
            + CircuitLimits.DEGREE);
    // The product forces the result to be one of the sources, so a difference is an integer between
    // two sources.
    long range = (1L << m.bits()) - 1;
    for (int t : m.sources()) {
      Interval x = state.source(t);
      for (int other : m.sources()) {
        Interval y = state.source(other);
        long least = x.low() - y.high();
        long most = x.high() - y.low();
        require(most < P && range - least < P, "window condition: a difference wraps around p");
        if (t != other) {
          // Reached only where x is the maximum: y is at most that.
          require(
              most <= range, "a difference reaches " + most + ", above its " + m.bits() + " bits");
        }
      }
    }
    return new Interval(low, high);
  }
}
