package org.zkc.ir.tensor;

/** The results of a division of integers. */
public enum DivisionPart {
  /** The quotient, rounded down. */
  FLOOR_QUOTIENT,
  /** The quotient, rounded towards zero. */
  TRUNCATED_QUOTIENT,
  /** The remainder of the quotient rounded down: 0, or of the divisor's sign. */
  FLOOR_REMAINDER,
  /** The remainder of the quotient rounded towards zero: 0, or of the dividend's sign. */
  TRUNCATED_REMAINDER;

  /**
   * This part of n / d.
   *
   * @throws ArithmeticException when d is 0
   */
  public long of(long n, long d) {
    return switch (this) {
      case FLOOR_QUOTIENT -> Math.floorDiv(n, d);
      case TRUNCATED_QUOTIENT -> n / d;
      case FLOOR_REMAINDER -> Math.floorMod(n, d);
      case TRUNCATED_REMAINDER -> n % d;
    };
  }

  public boolean isQuotient() {
    return this == FLOOR_QUOTIENT || this == TRUNCATED_QUOTIENT;
  }

  public boolean isTruncated() {
    return this == TRUNCATED_QUOTIENT || this == TRUNCATED_REMAINDER;
  }
}
