package org.zkc.gkr.circuit;

/** The integers from {@code low} to {@code high}, both included. */
public record Interval(long low, long high) {
  /** Every element of every tensor lies strictly inside (-BOUND, BOUND). */
  public static final long BOUND = 1L << 30;

  public Interval {
    if (low > high) {
      throw new IllegalArgumentException("empty interval [" + low + ", " + high + "]");
    }
  }

  public boolean contains(long value) {
    return low <= value && value <= high;
  }

  public boolean contains(Interval other) {
    return low <= other.low && other.high <= high;
  }

  /** Whether all of it is strictly inside (-2^30, 2^30). */
  public boolean isBounded() {
    return low > -BOUND && high < BOUND;
  }

  /** The products of an element of this and one of the other; both are bounded. */
  public Interval times(Interval other) {
    long a = low * other.low;
    long b = low * other.high;
    long c = high * other.low;
    long d = high * other.high;
    return new Interval(
        Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
  }

  @Override
  public String toString() {
    return "[" + low + ", " + high + "]";
  }
}
