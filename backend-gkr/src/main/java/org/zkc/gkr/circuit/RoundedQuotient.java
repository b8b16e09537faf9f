package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * result = floor((2^(bits+1) n + d) / (2 d)) in [low, high], d > 0: with P = d * result (a
 * product), rem = 2^(bits+1) n + d - 2 P lies in [0, 2d): rem and 2d - 1 - rem are range-checked,
 * and so is result - low. docs/protocol.md section 4.
 *
 * @param low the least quotient; an input whose quotient is less has no proof
 * @param high the greatest quotient; an input whose quotient is greater has no proof
 */
public record RoundedQuotient(
    int result, int numerator, int denominator, int bits, long low, long high) implements Relation {
  @Override
  public List<Integer> sources() {
    return List.of(numerator, denominator);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] numerators = elements.apply(numerator);
    int[] denominators = elements.apply(denominator);
    int[] out = new int[numerators.length];
    for (int k = 0; k < out.length; k++) {
      long n = numerators[k];
      long d = denominators[k];
      out[k] = (int) Math.floorDiv((1L << bits + 1) * n + d, 2 * d);
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    Interval of = state.source(numerator);
    Interval by = state.source(denominator);
    require(state.tensor(numerator).shape().equals(d.shape()), "the numerator's shape differs");
    require(state.tensor(denominator).shape().equals(d.shape()), "the denominator's shape differs");
    require(bits >= 0 && bits <= CircuitLimits.QUOTIENT_BITS, "bits out of range");
    require(
        -Interval.BOUND < low && low <= high && high < Interval.BOUND,
        "a quotient in [" + low + ", " + high + "]");
    Interval range = new Interval(low, high);
    require(
        high - low <= 1L << CircuitLimits.QUOTIENT_BITS,
        "the quotient's range " + range + " is too large for a table");
    require(by.high() >= 1, "the denominator is at most " + by.high());
    require(
        state.degree(denominator) + 1 <= CircuitLimits.DEGREE,
        "multiplicative degree above " + CircuitLimits.DEGREE);
    long scale = 1L << bits + 1;
    int remainderBits = RoundedQuotient.remainderBits(by);
    long window = (1L << remainderBits) - 1;
    // The interval of 2^(bits+1) n + d - 2 P with every operand on its own, as the equation
    // modulo p allows.
    Interval product = by.times(range);
    long most =
        Math.subtractExact(
            Math.addExact(Math.multiplyExact(scale, of.high()), by.high()), 2 * product.low());
    long least =
        Math.subtractExact(
            Math.addExact(Math.multiplyExact(scale, of.low()), by.low()), 2 * product.high());
    require(
        most < CheckState.P && Math.subtractExact(window, least) < CheckState.P,
        "window condition: the remainder wraps around p");
    require(
        2 * by.high() - 1 < CheckState.P && window - (2 * by.low() - 1 - window) < CheckState.P,
        "window condition: 2d - 1 - rem wraps around p");
    state.look(d, 1 + 2 * RoundedQuotient.limbs(remainderBits, d.elementCount()).size());
    return range;
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(
        new RoundedQuotient(
            result, batch.ofSamples(numerator), batch.ofSamples(denominator), bits, low, high));
  }

  @Override
  public String mnemonic() {
    return "rounded-quotient";
  }

  @Override
  public String details() {
    return bits + " bits";
  }

  @Override
  public String label() {
    return "RoundedQuotient";
  }

  /** Bits of the remainder of a quotient, which is below 2 d. */
  public static int remainderBits(Interval denominator) {
    return Long.SIZE - Long.numberOfLeadingZeros(2 * denominator.high() - 1);
  }

  /**
   * The limbs, least significant first, in which the remainders of a quotient of so many elements
   * are range-checked. There is one limb where its table has no more rows than the lookups that it
   * spares both remainders of each element; otherwise the limbs are those of {@link #limbs(int)}.
   */
  public static List<Integer> limbs(int bits, long elements) {
    List<Integer> limbs = limbs(bits);
    long spared = 2L * (limbs.size() - 1) * elements;
    return limbs.size() > 1 && bits <= CircuitLimits.RANGE_BITS && 1L << bits <= spared
        ? List.of(bits)
        : limbs;
  }

  /**
   * The limbs, least significant first, in which {@code bits} bits of a remainder of a division are
   * range-checked: of at most 10 bits.
   */
  public static List<Integer> limbs(int bits) {
    int count = (bits + 9) / 10;
    ArrayList<Integer> out = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      out.add(bits * (k + 1) / count - bits * k / count);
    }
    return out;
  }
}
