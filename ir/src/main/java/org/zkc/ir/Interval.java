package org.zkc.ir;

/**
 * The integers from low to high, both included. The functions give the smallest interval that holds
 * every result for operands anywhere in theirs, independently of each other.
 */
public record Interval(long low, long high) {
  public Interval {
    if (low > high) {
      throw new IllegalArgumentException("empty interval [" + low + ", " + high + "]");
    }
  }

  public static Interval of(IntegerType type) {
    return new Interval(type.low(), type.high());
  }

  public static Interval of(ColumnType type) {
    return new Interval(type.low(), type.high());
  }

  public static Interval of(SpectrumType type) {
    return new Interval(type.low(), type.high());
  }

  public static Interval point(long value) {
    return new Interval(value, value);
  }

  public boolean contains(long value) {
    return low <= value && value <= high;
  }

  public boolean contains(Interval other) {
    return low <= other.low && other.high <= high;
  }

  /** The number of integers in the interval. */
  public long size() {
    return high - low + 1;
  }

  /** The largest magnitude of a value in it. */
  public long magnitude() {
    return Math.max(Math.abs(low), Math.abs(high));
  }

  /** Whether every value is inside (-2^30, 2^30). */
  public boolean isInsideLimit() {
    return low > -FieldBounds.LIMIT && high < FieldBounds.LIMIT;
  }

  public Interval plus(Interval other) {
    return new Interval(Math.addExact(low, other.low), Math.addExact(high, other.high));
  }

  public Interval minus(Interval other) {
    return new Interval(Math.subtractExact(low, other.high), Math.subtractExact(high, other.low));
  }

  public Interval times(long factor) {
    return times(point(factor));
  }

  public Interval times(Interval other) {
    long a = Math.multiplyExact(low, other.low);
    long b = Math.multiplyExact(low, other.high);
    long c = Math.multiplyExact(high, other.low);
    long d = Math.multiplyExact(high, other.high);
    return new Interval(
        Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
  }

  /** The smallest interval that holds both. */
  public Interval hull(Interval other) {
    return new Interval(Math.min(low, other.low), Math.max(high, other.high));
  }

  /** This and zero: what zero padding adds. */
  public Interval withZero() {
    return hull(point(0));
  }

  /** The interval of (x + half) >> shift, where half = 2^(shift-1), or 0 when shift = 0. */
  public Interval shiftRounded(int shift) {
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    return new Interval((low + half) >> shift, (high + half) >> shift);
  }

  /** The interval of min(max(x, least), greatest). */
  public Interval clamp(long least, long greatest) {
    return new Interval(Math.clamp(low, least, greatest), Math.clamp(high, least, greatest));
  }

  /**
   * The interval of sum_i w_i x_i, one output of a convolution or linear map. Each x_i lies
   * anywhere in this interval or is 0. The positive w_i sum to at most {@code positive} and the
   * negative ones to at least {@code -negative}.
   */
  public Interval weighted(long positive, long negative) {
    long least = Math.min(low, 0);
    long greatest = Math.max(high, 0);
    return new Interval(
        Math.subtractExact(
            Math.multiplyExact(positive, least), Math.multiplyExact(negative, greatest)),
        Math.subtractExact(
            Math.multiplyExact(positive, greatest), Math.multiplyExact(negative, least)));
  }
}
