package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * result = floor(sqrt(constant + sum of the squares of the source over its last axis)), the last
 * axis of the result having extent 1. The radicand is at least 1 and below 2^{@value
 * #RADICAND_BITS}, so that the root has {@value #ROOT_BITS} bits. Squares are summed in groups
 * whose sums stay below 2^30; where the radicand can reach 2^{@value #WHOLE_BITS} each group's sum
 * is split in limbs. docs/protocol.md section 4.
 */
public record EuclideanNorm(int result, int source, long constant) implements Relation {
  /** Bits of a root. */
  public static final int ROOT_BITS = 20;

  /** Bits of the number whose root is taken. */
  public static final int RADICAND_BITS = 2 * ROOT_BITS;

  /** A radicand of so many bits is one element of the field; a larger one is two. */
  public static final int WHOLE_BITS = 29;

  /** The most groups: the sum of so many limbs of 20 bits stays below 2^29. */
  static final int MOST_GROUPS = 1 << 8;

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
        radicand += (long) x[k * extent + i] * x[k * extent + i];
      }
      while ((out[k] + 1L) * (out[k] + 1L) <= radicand) {
        out[k]++;
      }
    }
    return out;
  }

  @Override
  public String mnemonic() {
    return "euclidean-norm";
  }

  @Override
  public String details() {
    return "constant " + constant;
  }

  @Override
  public String label() {
    return "EuclideanNorm";
  }

  /** The greatest magnitude of an element in the interval. */
  public static long magnitude(Interval source) {
    return Math.max(-source.low(), source.high());
  }

  /** The greatest radicand. */
  static long mostRadicand(Interval source, int extent, long constant) {
    long most = magnitude(source);
    return Math.addExact(
        constant, Math.multiplyExact(Math.multiplyExact(most, most), (long) extent));
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
    return mostRadicand(source, extent, constant) >= 1L << WHOLE_BITS;
  }

  /** The shape of a tensor that has {@code extent} elements in place of the last axis. */
  public static List<Integer> withLast(List<Integer> shape, int extent) {
    ArrayList<Integer> out = new ArrayList<>(shape);
    out.set(out.size() - 1, extent);
    return List.copyOf(out);
  }
}
