package org.zkc.gkr.relation;

import java.util.function.IntToLongFunction;

/**
 * The row width of a commitment: the power of two with the least proof bytes, 4 a cell of an opened column and 16 an element of
 * the row combination (PROTOCOL section 5.1: near sqrt(Q N / 4)).
 */
final class RowWidth {
  /** About the number of queries at 100 bits; the exact one depends on the width. */
  private static final long NOMINAL_QUERIES = 140;

  /** Below this the code's rounding costs queries. */
  static final int MIN = 1 << 6;

  /** Above this, (row variables) n / |E| would reach 2^-102. */
  static final int MAX = 1 << 15;

  private RowWidth() {}

  /** The best width of at least {@code least}, given the number of rows for each width. */
  static int choose(int least, IntToLongFunction rows) {
    int best = 0;
    long bestCost = Long.MAX_VALUE;
    for (int width = Math.max(MIN, least); width <= Math.max(MAX, least); width *= 2) {
      long cost = 4 * NOMINAL_QUERIES * rows.applyAsLong(width) + 16L * width;
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }
}
