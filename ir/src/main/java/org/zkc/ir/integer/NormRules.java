package org.zkc.ir.integer;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;

/**
 * Shapes and intervals of Euclidean norms, their reciprocals and what is normalised by them, under
 * the conditions on which the proof's relations rest (docs/protocol.md section 2).
 */
public final class NormRules {
  private static final int ROOT_BITS = 20;

  /** A radicand below 2^29 is proved without splitting sums of squares. */
  private static final int WHOLE_BITS = 29;

  private static final int MOST_GROUPS = 1 << 8;

  /** The greatest exponent of a channel. */
  public static final int MOST_EXPONENT = 9;

  private NormRules() {}

  /**
   * The shape of norms along the last axis.
   *
   * @throws IllegalArgumentException when there is no axis, or nothing along it
   */
  public static Shape shape(Shape input) {
    require(
        input.rank() >= 1 && input.extent(input.rank() - 1) >= 1,
        "shape %s has no elements along a last axis",
        input);
    List<Integer> extents = new ArrayList<>(input.extents());
    extents.set(extents.size() - 1, 1);
    return new Shape(extents);
  }

  /**
   * The interval of norms of {@code extent} elements.
   *
   * @param exponents of the channels, or none
   * @throws IllegalArgumentException when the radicand can leave [1, 2^40), the square of an
   *     element 2^30, or there are too many groups of squares below 2^30
   */
  public static Interval norm(Interval input, int extent, long constant, List<Integer> exponents) {
    require(
        constant >= 1 && constant < 1L << 2 * ROOT_BITS,
        "the constant must lie in [1, 2^40), got %d",
        constant);
    require(
        exponents.isEmpty() || exponents.size() == extent,
        "%d exponents for %d channels",
        exponents.size(),
        extent);
    long most = input.magnitude();
    long square = most * most;
    require(square < FieldBounds.LIMIT, "the square of an element can reach %d", square);
    for (int e : exponents) {
      require(e >= 0 && e <= MOST_EXPONENT, "exponents lie in [0, %d], got %d", MOST_EXPONENT, e);
    }
    long weight = weight(extent, exponents);
    // Below 2^30 times below 2^50.
    double bound = constant + (double) square * weight;
    require(bound < 1L << 2 * ROOT_BITS, "the sum of squares can reach %.0f, above 2^40", bound);
    long radicand = constant + square * weight;
    int groups = groups(square, extent, radicand, exponents);
    require(
        groups <= MOST_GROUPS,
        "the squares need %d groups with sums below 2^30, there are %d at most",
        groups,
        MOST_GROUPS);
    return new Interval(root(constant), root(radicand));
  }

  /** The radicand's squares, counted as often as their exponents say. */
  private static long weight(int extent, List<Integer> exponents) {
    return exponents.isEmpty() ? extent : exponents.stream().mapToLong(e -> 1L << 2 * e).sum();
  }

  /**
   * The groups of squares of one line whose sums are range-checked, each below 2^30; 0 where the
   * radicand is proved whole.
   *
   * @param exponents of the channels, or none
   */
  public static int groups(Interval input, int extent, long constant, List<Integer> exponents) {
    long square = input.magnitude() * input.magnitude();
    long radicand = constant + square * weight(extent, exponents);
    return groups(square, extent, radicand, exponents);
  }

  private static int groups(long square, int extent, long radicand, List<Integer> exponents) {
    int[] channels = new int[MOST_EXPONENT + 1];
    exponents.forEach(e -> channels[e]++);
    int groups = extent / group(square, extent);
    boolean isSplit = radicand >= 1L << WHOLE_BITS;
    for (int e = 1; e <= MOST_EXPONENT; e++) {
      if (channels[e] > 0) {
        groups += channels[e] / group(square, channels[e]);
        isSplit = true;
      }
    }
    return isSplit ? groups : 0;
  }

  /** The greatest divisor of the extent for which so many squares add up to less than 2^30. */
  private static int group(long square, int extent) {
    int group = extent;
    while (group > 1 && (extent % group != 0 || square * group >= FieldBounds.LIMIT)) {
      group--;
    }
    return group;
  }

  /**
   * Whether {@link #norm} takes integers of that magnitude.
   *
   * @param extent elements along the axis
   */
  public static boolean fits(long magnitude, int extent, long constant, List<Integer> exponents) {
    try {
      norm(new Interval(-magnitude, magnitude), extent, constant, exponents);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The interval of 2^bits / x, rounded half up.
   *
   * @throws IllegalArgumentException when x can leave [1, 2^20), or bits [10, 28]
   */
  public static Interval reciprocal(Interval input, int bits) {
    require(
        bits >= 10 && bits <= Normalize.BITS,
        "bits of a reciprocal must lie in [10, %d], got %d",
        Normalize.BITS,
        bits);
    require(
        input.low() >= 1 && input.high() < 1L << ROOT_BITS,
        "the operand of a reciprocal must lie in [1, 2^20), its interval is [%d, %d]",
        input.low(),
        input.high());
    return new Interval(reciprocal(input.high(), bits), reciprocal(input.low(), bits));
  }

  /** 2^bits / x, rounded half up. */
  public static long reciprocal(long x, int bits) {
    return ((2L << bits) + x) / (2 * x);
  }

  /**
   * The interval of x times the reciprocal of its norm y: x is at most y, and y times the
   * reciprocal at most 2^bits + y / 2.
   */
  public static Interval normalized(Interval norm, int bits) {
    long most = (1L << bits) + norm.high() / 2;
    return new Interval(-most, most);
  }

  /** The root of a radicand below 2^40, rounded down; exact, since doubles have 53 bits. */
  public static long root(long radicand) {
    return (long) Math.sqrt((double) radicand);
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
