package org.zkc.gkr.layout;

import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The row widths of the commitments, powers of two: the witness' and the row combinations' make the
 * proof's openings shortest, the model's rows are kept shorter, because a prover merges claims over
 * whole rows of the model (docs/protocol.md section 8.1).
 */
public final class RowWidth {
  /** Bytes of an element of E. */
  private static final long ELEMENT = 4L * Integer.BYTES;

  /** The approximate number of queries at 100 bits; the exact number depends on the width. */
  static final long NOMINAL_QUERIES = 140;

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

  /** The elements of a row whose codeword of 2^15 elements of F stays in a core's cache. */
  private static final int CACHED = 1 << 13;

  /**
   * Bytes of proof that stand for the prover's time over an element of the witness' rows beyond
   * {@link #CACHED}: rows that outgrow the caches take longer to encode (at 1 instead of 8
   * VGG-16/32 had a proof shorter by 5 % and took 5 % longer).
   */
  private static final long TIME = 8;

  /** The share of the error that the proximity of the witness' rows may take. */
  private static final double WITNESS_SHARE = 3.0 / 8;

  /**
   * The columns that NOMINAL_QUERIES queries open among 2^8, 2^9, ... columns, on average: n (1 -
   * (1 - 1 / n)^Q) of n, rounded.
   */
  static final int[] DISTINCT = {
    108, 123, 131, 135, 138, 139, 139, 140, 140, 140, 140, 140, 140, 140, 140
  };

  /**
   * The digests of their multiproof, on average and rounded: a pair of subtrees, l of which make up
   * the tree, needs one where the queries meet exactly one of the two, l ((1 - 1 / l)^Q - (1 - 2 /
   * l)^Q) for l = 2, 4, ..., n.
   */
  static final int[] DIGESTS = {
    98, 191, 306, 432, 565, 702, 840, 979, 1118, 1258, 1398, 1538, 1678, 1818, 1958
  };

  private RowWidth() {}

  /** The bytes of the opened columns of {@code rows} cells of F, and of their paths. */
  private static long opened(int width, long rows) {
    int k = Integer.numberOfTrailingZeros(width) - Integer.numberOfTrailingZeros(MIN);
    return 4 * DISTINCT[k] * rows + (long) Digests.BYTES * DIGESTS[k];
  }

  /**
   * The width of the witness' rows: the least bytes of its opened columns, of the combinations of
   * its rows and of the model's, and {@link #TIME}. The proximity term may take {@link
   * #WITNESS_SHARE} of the error.
   *
   * @param ofModel elements of the model's combination, 0 when there is none
   * @param rowVariables the exact ones at each width
   */
  static int chooseForWitness(int ofModel, IntUnaryOperator rowVariables, IntToLongFunction rows) {
    int best = 0;
    long bestCost = Long.MAX_VALUE;
    for (int width = MIN; width <= MAX; width *= 2) {
      if (width > MIN && proximity(width, rowVariables.applyAsInt(width)) > WITNESS_SHARE) {
        continue;
      }
      int matrix = chooseForCombinations(width, ofModel);
      long combinations = matrix == 0 ? sent(width, ofModel) : committed(matrix, width, ofModel);
      long cost =
          opened(width, rows.applyAsLong(width))
              + combinations
              + TIME * Math.max(0, width - CACHED);
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }

  /** The bytes of combinations of so many elements when they are sent. */
  private static long sent(long ofWitness, long ofModel) {
    return ELEMENT * (ofWitness + ofModel);
  }

  /**
   * The bytes of a commitment to them, in rows of {@code width} elements: the combination of these,
   * and opened columns of 4 rows of F for each of E.
   */
  private static long committed(int width, int ofWitness, int ofModel) {
    long rows =
        (long) CombinationLayout.rows(ofWitness, width) + CombinationLayout.rows(ofModel, width);
    return opened(width, CombinationLayout.LIMBS * rows) + ELEMENT * width;
  }

  /**
   * The best width of the matrix of row combinations: the one whose opening has the least bytes, or
   * 0 where the combinations themselves have no more.
   *
   * @param ofWitness elements of the witness' combination, 0 when there is none
   * @param ofModel likewise of the model's
   */
  static int chooseForCombinations(int ofWitness, int ofModel) {
    int best = 0;
    long bestCost = sent(ofWitness, ofModel);
    for (int width = MIN; width <= MAX; width *= 2) {
      long cost = committed(width, ofWitness, ofModel);
      if (cost < bestCost) {
        best = width;
        bestCost = cost;
      }
    }
    return best;
  }

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
   * The width that {@link #choose} gave, or a wider one that makes a smaller proof. A wider row
   * means fewer rows and fewer row variables; it is allowed while the error of both openings'
   * proximity leaves enough for the queries. For models of 10^9 weights and more, wide rows save
   * more than the few additional queries cost.
   *
   * @param rowVariables the exact ones at each width
   */
  static int widen(
      int chosen, IntUnaryOperator rowVariables, IntToLongFunction rows, Beside beside) {
    int best = chosen;
    for (int width = 2 * best; width <= MAX; width *= 2) {
      double proximity = proximity(width, rowVariables.applyAsInt(width)) + beside.proximity();
      if (proximity + LEFT <= 1 && cost(width, rows) < cost(best, rows)) {
        best = width;
      }
    }
    return best;
  }

  private static long cost(int width, IntToLongFunction rows) {
    return 4 * NOMINAL_QUERIES * rows.applyAsLong(width) + ELEMENT * width;
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
