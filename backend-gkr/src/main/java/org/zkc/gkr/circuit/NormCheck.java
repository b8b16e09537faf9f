package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.List;

/**
 * The conditions on {@link EuclideanNorm}, {@link Reciprocal} and {@link Normalize}, and the
 * intervals of their results. The uniqueness paragraphs of the relations rely on these numbers of
 * bits.
 */
final class NormCheck {
  private static final int LEAST_RECIPROCAL_BITS = 10;
  private static final int MOST_RECIPROCAL_BITS = 28;

  private NormCheck() {}

  static Interval interval(EuclideanNorm n, TensorDeclaration d, CheckState state) {
    Interval x = state.source(n.source());
    List<Integer> shape = state.tensor(n.source()).shape();
    require(!shape.isEmpty(), "the source has no axis");
    require(
        EuclideanNorm.withLast(shape, 1).equals(d.shape()),
        "the result's shape is not the source's with a last axis of extent 1");
    require(
        n.constant() >= 1 && n.constant() < 1L << EuclideanNorm.RADICAND_BITS,
        "the constant " + n.constant() + " is out of range");
    require(
        2 * state.degree(n.source()) <= CircuitLimits.DEGREE,
        "multiplicative degree above " + CircuitLimits.DEGREE);
    int extent = shape.getLast();
    requireExponents(n.exponents(), shape, state);
    long most = n.mostRadicand(x, extent);
    require(
        most < 1L << EuclideanNorm.RADICAND_BITS,
        "the radicand reaches " + most + ", above 2^" + EuclideanNorm.RADICAND_BITS);
    long element = EuclideanNorm.magnitude(x);
    require(element * element < Interval.BOUND, "the square of an element reaches 2^30");
    if (n.isSplit(x, extent)) {
      int groups = lookUpGroups(extent, 0, x, shape, state);
      for (int e : n.raised()) {
        groups += lookUpGroups(n.channels(e).size(), e, x, shape, state);
      }
      require(
          groups <= EuclideanNorm.MOST_GROUPS,
          "more than " + EuclideanNorm.MOST_GROUPS + " groups of squares");
    }
    state.count(3 * state.tensor(n.source()).elementCount());
    state.look(stack(shape, 1), RoundedQuotient.limbs(19).size());
    state.look(stack(shape, 2), 1 + RoundedQuotient.limbs(EuclideanNorm.ROOT_BITS + 1).size());
    return new Interval(root(n.constant()), root(most));
  }

  /** Requires as many exponents as channels, and few enough for views along their axis. */
  private static void requireExponents(
      List<Integer> exponents, List<Integer> shape, CheckState state) {
    if (exponents.isEmpty()) {
      return;
    }
    require(
        exponents.size() == shape.getLast(),
        exponents.size() + " exponents for " + shape.getLast() + " channels");
    CheckState.requireShortAxes(shape, "the source");
    state.countChannels(exponents.size());
    require(
        exponents.stream().allMatch(e -> e >= 0 && e <= EuclideanNorm.MOST_EXPONENT),
        "an exponent outside [0, " + EuclideanNorm.MOST_EXPONENT + "]");
    // The cost of the view of the channels.
    state.count(2 * shape.stream().mapToLong(e -> e).reduce(1, Math::multiplyExact));
  }

  /** Counts the lookups of the sums of groups of channels of one exponent; returns their number. */
  private static int lookUpGroups(
      int channels, int exponent, Interval x, List<Integer> shape, CheckState state) {
    int groups = channels / EuclideanNorm.group(x, channels);
    state.look(stack(shape, groups), EuclideanNorm.limbs(exponent).size());
    return groups;
  }

  static Interval interval(Reciprocal r, TensorDeclaration d, CheckState state) {
    Interval x = state.source(r.source());
    require(
        state.tensor(r.source()).shape().equals(d.shape()), "source and result differ in shape");
    require(!d.shape().isEmpty() && d.shape().getLast() == 1, "the last axis must have extent 1");
    require(
        r.bits() >= LEAST_RECIPROCAL_BITS && r.bits() <= MOST_RECIPROCAL_BITS, "bits out of range");
    require(
        x.low() >= 1 && x.high() < 1L << Reciprocal.SOURCE_BITS,
        "the source ranges over " + x + ", outside [1, 2^" + Reciprocal.SOURCE_BITS + ")");
    require(
        state.degree(r.source()) + 1 <= CircuitLimits.DEGREE,
        "multiplicative degree above " + CircuitLimits.DEGREE);
    state.look(stack(d.shape(), 5), 1);
    state.look(
        stack(d.shape(), 2),
        RoundedQuotient.limbs(12).size()
            + RoundedQuotient.limbs(Reciprocal.SOURCE_BITS + 1).size());
    return new Interval(Reciprocal.of(x.high(), r.bits()), Reciprocal.of(x.low(), r.bits()));
  }

  /**
   * An element x of the source, times its power of two, is at most the norm y, as x^2 <= y^2 and
   * both are integers; the reciprocal r has 2 y r <= 2^(bits+1) + y, so that x r is at most 2^bits
   * + y / 2.
   */
  static Interval interval(Normalize n, TensorDeclaration d, CheckState state) {
    state.source(n.source());
    state.source(n.reciprocal());
    List<Integer> shape = state.tensor(n.source()).shape();
    require(shape.equals(d.shape()), "source and result differ in shape");
    if (!(state.definition(n.reciprocal()) instanceof Reciprocal r)
        || !(state.definition(r.source()) instanceof EuclideanNorm norm)
        || norm.source() != n.source()
        || !norm.exponents().equals(n.exponents())) {
      throw new InvalidCircuit("its factor is no reciprocal of the source's Euclidean norm");
    }
    requireExponents(n.exponents(), shape, state);
    state.degree(n.result(), state.degree(n.source()) + state.degree(n.reciprocal()));
    state.count(state.tensor(n.source()).elementCount());
    long most = (1L << r.bits()) + state.source(r.source()).high() / 2;
    return new Interval(-most, most);
  }

  private static TensorDeclaration stack(List<Integer> shape, int count) {
    return TensorDeclaration.virtual(EuclideanNorm.withLast(shape, count), 0, 0);
  }

  /** The root of a number below 2^{@value EuclideanNorm#RADICAND_BITS}, rounded down. */
  static long root(long radicand) {
    // Exact: doubles of 53 bits tell y^2 - 1 from y^2.
    return (long) Math.sqrt((double) radicand);
  }
}
