package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * result = floor(sqrt(constant + sum of the squares of the source over its last axis)), the last
 * axis of the result having extent 1. The radicand is at least 1 and below 2^{@value
 * #RADICAND_BITS}, so that the root has {@value #ROOT_BITS} bits. Squares are summed in groups
 * whose sums stay below 2^30; where the radicand can reach 2^{@value #WHOLE_BITS} each group's sum
 * is split in limbs. docs/protocol.md section 4.
 *
 * <p>The element of channel i of the last axis counts 2^exponents[i] times. Channels of one
 * exponent have groups of their own. The sum of such a group is split at the bit that, together
 * with the exponent, weighs 2^20.
 *
 * @param exponents one per channel, or none, which means that all are 0
 */
public record EuclideanNorm(int result, int source, long constant, List<Integer> exponents)
    implements Relation {
  /** The greatest exponent of a channel. */
  static final int MOST_EXPONENT = 9;

  /** Bits of a root. */
  public static final int ROOT_BITS = 20;

  /** Bits of the number whose root is taken. */
  public static final int RADICAND_BITS = 2 * ROOT_BITS;

  /** A radicand of so many bits is one element of the field; a larger one is two. */
  public static final int WHOLE_BITS = 29;

  /** The most groups: the sum of so many limbs of 20 bits stays below 2^29. */
  static final int MOST_GROUPS = 1 << 8;

  public EuclideanNorm {
    exponents = List.copyOf(exponents);
  }

  @Override
  public List<Integer> sources() {
    return List.of(source);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] x = elements.apply(source);
    int extent = circuit.tensors().get(source).shape().getLast();
    int[] out = new int[x.length / extent];
    for (int k = 0; k < out.length; k++) {
      long radicand = constant;
      for (int i = 0; i < extent; i++) {
        long element = (long) x[k * extent + i] << (exponents.isEmpty() ? 0 : exponents.get(i));
        radicand += element * element;
      }
      while ((out[k] + 1L) * (out[k] + 1L) <= radicand) {
        out[k]++;
      }
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return NormCheck.interval(this, d, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(this);
  }

  @Override
  public String mnemonic() {
    return "euclidean-norm";
  }

  @Override
  public String details() {
    return "constant " + constant + (exponents.isEmpty() ? "" : ", exponents " + exponents);
  }

  @Override
  public String label() {
    return "EuclideanNorm";
  }

  /** The greatest magnitude of an element in the interval. */
  public static long magnitude(Interval source) {
    return Math.max(-source.low(), source.high());
  }

  /** The greatest radicand; the exponents are within their limits. */
  long mostRadicand(Interval source, int extent) {
    long most = magnitude(source);
    long weight =
        exponents.isEmpty() ? extent : exponents.stream().mapToLong(e -> 1L << 2 * e).sum();
    return Math.addExact(constant, Math.multiplyExact(Math.multiplyExact(most, most), weight));
  }

  /** The channels of one exponent, ascending. */
  public List<Integer> channels(int exponent) {
    return IntStream.range(0, exponents.size())
        .filter(i -> exponents.get(i) == exponent)
        .boxed()
        .toList();
  }

  /** The exponents above 0 that channels have, ascending. */
  public List<Integer> raised() {
    return exponents.stream().filter(e -> e > 0).distinct().sorted().toList();
  }

  /**
   * The bits of the limbs of a group's sum, from the lowest on, 30 together: first the bits below
   * the one that weighs 2^20 with the exponent, then the others.
   */
  public static List<Integer> limbs(int exponent) {
    ArrayList<Integer> limbs = new ArrayList<>(RoundedQuotient.limbs(20 - 2 * exponent));
    limbs.addAll(RoundedQuotient.limbs(10 + 2 * exponent));
    return limbs;
  }

  /**
   * The elements of one group: the greatest divisor of the extent for which their squares add up to
   * less than 2^30.
   */
  public static int group(Interval source, int extent) {
    long most = magnitude(source);
    int group = extent;
    while (group > 1 && (extent % group != 0 || most * most * group >= Interval.BOUND)) {
      group--;
    }
    return group;
  }

  /** Whether the sums of groups are split in limbs. */
  public boolean isSplit(Interval source, int extent) {
    return exponents.stream().anyMatch(e -> e > 0)
        || mostRadicand(source, extent) >= 1L << WHOLE_BITS;
  }

  /** The shape with {@code extent} as the extent of the last axis. */
  public static List<Integer> withLast(List<Integer> shape, int extent) {
    ArrayList<Integer> out = new ArrayList<>(shape);
    out.set(out.size() - 1, extent);
    return List.copyOf(out);
  }
}
