package org.zkc.gkr.layout;

import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The row width of a commitment: the power of two with the least proof bytes, 4 a cell of an opened
 * column and 16 an element of the row combination (docs/protocol.md section 8.1: near sqrt(Q N /
 * 4)).
 */
public final class RowWidth {
  /** The approximate number of queries at 100 bits; the exact number depends on the width. */
  private static final long NOMINAL_QUERIES = 140;

  /** The least width; below it the code's rounding costs queries. */
  static final int MIN = 1 << 6;

  /** The largest dimension of the code. */
  private static final int MAX = 1 << 20;

  /**
   * The code's length n is kept below this over V + log K, the row variables of one claim and of
   * their merging: (V + log K) n / |E| is then below 2^-100.7, the queries take the rest.
   */
  private static final long PROXIMITY = 10_000_000;

  /** log2 of |E| less the 100 bits: proximity costs (V + log K) n of 2^24 parts of the error. */
  private static final int ERROR_PARTS = 1 << 24;

  /**
   * The share of the error that the proximity of wide rows must leave: an eighth for all terms that
   * are not of openings, and a thirty-second for the queries of both openings. With that share
   * there are still NOMINAL_QUERIES queries.
   */
  private static final double LEFT = 1.0 / 8 + 1.0 / 32;

  private RowWidth() {}

  /**
   * Another opening of the same proof, whose proximity and queries share the error.
   *
   * @param rowVariables as in {@link #choose}, but exact
   */
  record Beside(int width, int rowVariables) {
    static final Beside NONE = new Beside(0, 0);

    private double proximity() {
      return RowWidth.proximity(width, rowVariables);
    }
  }

  /** The part of the error that proximity takes. */
  private static double proximity(int width, int rowVariables) {
    return (double) ProtocolConstants.BLOW_UP * width * rowVariables / ERROR_PARTS;
  }

  /**
   * The best width by {@link #choose(int, int, IntToLongFunction)}, or a wider one that makes a
   * smaller proof. A wider row means fewer rows and fewer row variables; it is allowed while the
   * error of both openings' proximity leaves enough for the queries. For models of 10^9 weights and
   * more, wide rows save more than the few additional queries cost.
   *
   * @param rowVariables the exact ones at each width
   */
  static int chooseWide(
      int least,
      int mostRowVariables,
      IntUnaryOperator rowVariables,
      IntToLongFunction rows,
      Beside beside) {
    int best = choose(least, mostRowVariables, rows);
    for (int width = 2 * best; width <= MAX; width *= 2) {
      double proximity = proximity(width, rowVariables.applyAsInt(width)) + beside.proximity();
      if (proximity + LEFT <= 1 && cost(width, rows) < cost(best, rows)) {
        best = width;
      }
    }
    return best;
  }

  /**
   * The best width of the matrix of row combinations: the power of two with the least bytes of its
   * own combination, 16 an element, of opened columns, 16 a row over E and query, and of Merkle
   * paths, a digest for each doubling and query.
   *
   * @param rows over E at each width
   */
  static int chooseForCombinations(IntUnaryOperator rows) {
    int best = MIN;
    long bestCost = Long.MAX_VALUE;
    for (int width = MIN; width <= MAX; width *= 2) {
      long path = (long) Digests.BYTES * Integer.numberOfTrailingZeros(width);
      long cost = NOMINAL_QUERIES * (16L * rows.applyAsInt(width) + path) + 16L * width;
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }

  private static long cost(int width, IntToLongFunction rows) {
    return 4 * NOMINAL_QUERIES * rows.applyAsLong(width) + 16L * width;
  }

  /**
   * The best width of at least {@code least}, given the number of rows for each width.
   *
   * @param rowVariables an upper bound on the variables that number rows: the most of one claim,
   *     and those that merge the claims
   * @throws CircuitTooLarge when no row is as wide as {@code least}
   */
  public static int choose(int least, int rowVariables, IntToLongFunction rows) {
    if (least > MAX) {
      throw new CircuitTooLarge("a row of " + least + " elements, at most " + MAX + " fit in one");
    }
    int best = 0;
    long bestCost = Long.MAX_VALUE;
    int start = Math.max(MIN, least);
    for (int width = start;
        width == start
            || width <= MAX && ProtocolConstants.BLOW_UP * (long) width * rowVariables <= PROXIMITY;
        width *= 2) {
      long cost = cost(width, rows);
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }
}
