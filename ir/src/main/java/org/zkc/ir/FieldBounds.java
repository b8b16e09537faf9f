package org.zkc.ir;

/**
 * The room that the field of the proof system leaves (docs/protocol.md sections 1 to 4). The
 * compiler keeps to these numbers; the backend checks a circuit by constants of its own, and a test
 * holds the two equal.
 */
public final class FieldBounds {
  /** The field's order p. */
  public static final long ORDER = (1L << 31) - 1;

  /**
   * No element of an integer or circuit program leaves (-LIMIT, LIMIT), so that a residue stands
   * for one integer.
   */
  public static final long LIMIT = 1L << 30;

  /**
   * Sums that are rounded stay below this: a table has a row for every 2^shift of them, and from
   * the first row's least integer to the last one's greatest there must be fewer than p. Up to a
   * shift of 19 there are; more room would take a bit off products of 2^12 by 2^13 by 2^5.
   */
  public static final long ROUNDED_LIMIT = LIMIT - (1L << 18);

  /**
   * The most bits by which an integer is shifted. One more would take any weight but 0 out of
   * (-LIMIT, LIMIT), and would round all that is inside to -1, 0 or 1.
   */
  public static final int MAX_SHIFT = 29;

  /** The most rows of a table of a function. */
  public static final long MAX_TABLE_ROWS = 1L << 20;

  /** The most bits of a limb, whose range is a table. */
  public static final int MAX_LIMB_BITS = 20;

  /** The most bits of a rounded quotient, whose range is a table. */
  public static final int MAX_QUOTIENT_BITS = 20;

  /** The most points of a transform along one axis. */
  public static final int MAX_POINTS = 1 << 30;

  private FieldBounds() {}
}
