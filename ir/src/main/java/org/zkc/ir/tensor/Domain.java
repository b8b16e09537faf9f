package org.zkc.ir.tensor;

/**
 * The numbers that a function takes: an interval, each end of which belongs to it or not.
 *
 * @param low may be -infinity
 * @param high may be infinity
 */
public record Domain(double low, boolean holdsLow, double high, boolean holdsHigh) {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** All real numbers. */
  public static final Domain REALS = new Domain(-INFINITY, false, INFINITY, false);

  public static final Domain NOT_NEGATIVE = new Domain(0, true, INFINITY, false);
  public static final Domain POSITIVE = above(0);
  public static final Domain NEGATIVE = new Domain(-INFINITY, false, 0, false);

  /** The numbers above {@code low}. */
  public static Domain above(double low) {
    return new Domain(low, false, INFINITY, false);
  }

  public static Domain closed(double low, double high) {
    return new Domain(low, true, high, true);
  }

  public static Domain open(double low, double high) {
    return new Domain(low, false, high, false);
  }

  public boolean contains(double x) {
    return (holdsLow ? x >= low : x > low) && (holdsHigh ? x <= high : x < high);
  }

  /** The domain for people: {@code [0, inf)}. */
  @Override
  public String toString() {
    return (holdsLow ? "[" : "(") + text(low) + ", " + text(high) + (holdsHigh ? "]" : ")");
  }

  private static String text(double end) {
    if (Double.isInfinite(end)) {
      return end < 0 ? "-inf" : "inf";
    }
    return end == Math.rint(end) ? Long.toString((long) end) : Double.toString(end);
  }
}
