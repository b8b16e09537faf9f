package org.zkc.ir.tensor;

/** The real numbers from low to high, either of which may be infinite. */
public record Range(double low, double high) {
  /** No bound on either side. */
  public static final Range UNBOUNDED =
      new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  public static final Range NOT_NEGATIVE = new Range(0, Double.POSITIVE_INFINITY);
  public static final Range NOT_POSITIVE = new Range(Double.NEGATIVE_INFINITY, 0);

  /** The greatest magnitude. */
  public double magnitude() {
    return Math.max(Math.abs(low), Math.abs(high));
  }

  /** Whether both ends are finite. */
  public boolean isBounded() {
    return Double.isFinite(low) && Double.isFinite(high);
  }
}
