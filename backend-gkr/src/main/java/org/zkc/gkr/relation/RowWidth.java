package org.zkc.gkr.relation;

import java.util.function.IntToLongFunction;
import org.zkc.gkr.circuit.InvalidCircuit;

/**
 * The row width of a commitment: the power of two with the least proof bytes, 4 a cell of an opened
 * column and 16 an element of the row combination (docs/protocol.md section 8.1: near sqrt(Q N /
 * 4)).
 */
final class RowWidth {
  /** About the number of queries at 100 bits; the exact one depends on the width. */
  private static final long NOMINAL_QUERIES = 140;

  /** Below this the code's rounding costs queries. */
  static final int MIN = 1 << 6;

  /** The largest dimension of the code. */
  private static final int MAX = 1 << 20;

  /**
   * The code's length n is kept below this over V + log K, the row variables of one claim and of
   * their merging: (V + log K) n / |E| is then below 2^-100.7, the queries take the rest.
   */
  private static final long PROXIMITY = 10_000_000;

  private static final int BLOW_UP = 4;

  private RowWidth() {}

  /**
   * The best width of at least {@code least}, given the number of rows for each width.
   *
   * @param rowVariables an upper bound on the variables that number rows: the most of one claim,
   *     and those that merge the claims
   * @throws InvalidCircuit when no row is as wide as {@code least}
   */
  static int choose(int least, int rowVariables, IntToLongFunction rows) {
    if (least > MAX) {
      throw new InvalidCircuit("a row of " + least + " elements, at most " + MAX + " fit in one");
    }
    int best = 0;
    long bestCost = Long.MAX_VALUE;
    int start = Math.max(MIN, least);
    for (int width = start;
        width == start || width <= MAX && BLOW_UP * (long) width * rowVariables <= PROXIMITY;
        width *= 2) {
      long cost = 4 * NOMINAL_QUERIES * rows.applyAsLong(width) + 16L * width;
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }
}
