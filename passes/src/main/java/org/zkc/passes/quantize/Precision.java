package org.zkc.passes.quantize;

import java.util.Map;

/**
 * The bits of tensors. A tensor needs enough of them that its rounding error stays small beside the
 * part of its values that varies with the input. Tensors get more than the least while the variance
 * of their rounding error is above a share of the variance that calibration saw between runs. Bits
 * of activations cost table rows, those of weights none, so {@link PrecisionSearch} chooses the
 * shares.
 *
 * @param share of the variation that the rounding error of an activation may have
 * @param weightShare of the variation of a linear map's result that the rounding of its weights may
 *     cost
 * @param margin of ranges, beyond what {@link Margins} asks for
 * @param raised least bits, by value name for activations and parameter name for weights
 * @param leastTableBits least bits of the inputs of tables, as {@link #ofTableInput} counts them
 * @param isWide whether activations may have more bits than a table holds, and their products two
 *     limbs ({@link TwoLimbs}); scales are powers of two then, so that wide terms add exactly
 */
record Precision(
    double share,
    double weightShare,
    double margin,
    Map<String, Integer> raised,
    int leastTableBits,
    boolean isWide) {
  private static final int FEWEST_TABLE_BITS = 6;
  private static final int MOST_TABLE_BITS = 11;

  /** No more bits than asked for. */
  static final Precision LEAST =
      new Precision(
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          1,
          Map.of(),
          FEWEST_TABLE_BITS,
          false);

  Precision {
    raised = Map.copyOf(raised);
  }

  /**
   * Whether weights are not spared, nor the bits that scores and values share: what large programs
   * with attention begin with.
   */
  boolean isGenerous() {
    return weightShare <= GENEROUS;
  }

  Precision withShare(double newShare) {
    return new Precision(newShare, weightShare, margin, raised, leastTableBits, isWide);
  }

  Precision withWeightShare(double newShare) {
    return new Precision(share, newShare, margin, raised, leastTableBits, isWide);
  }

  Precision withMargin(double newMargin) {
    return new Precision(share, weightShare, newMargin, raised, leastTableBits, isWide);
  }

  Precision withRaised(Map<String, Integer> newRaised) {
    return new Precision(share, weightShare, margin, newRaised, leastTableBits, isWide);
  }

  /** Products and residual streams may have two limbs. */
  Precision asWide() {
    return new Precision(share, weightShare, margin, raised, leastTableBits, true);
  }

  /**
   * The inputs of tables in keeping with activations of {@code bits} bits: two bits less, as the
   * greatest slope is met by few of them.
   */
  Precision withTablesFor(int bits) {
    int least = Math.clamp(bits - 2L, FEWEST_TABLE_BITS, MOST_TABLE_BITS);
    return new Precision(share, weightShare, margin, raised, least, isWide);
  }

  /** The least bits of a tensor that is not fixed. */
  int least(String name, int otherwise) {
    return Math.max(otherwise, raised.getOrDefault(name, 0));
  }

  /** Bits of activations that more resolution gains nothing for. */
  static final int MOST_BITS = 14;

  /**
   * The same where precision is wide: a step of a hundred-thousandth of the greatest magnitudes,
   * for values whose lines differ by a factor of a thousand.
   */
  private static final int MOST_WIDE_BITS = 19;

  /** Bits of activations that more resolution gains nothing for, at this precision. */
  int mostBits() {
    return isWide ? MOST_WIDE_BITS : MOST_BITS;
  }

  /** Weights of more bits gain nothing that their accumulators have room for. */
  static final int MOST_WEIGHT_BITS = 12;

  private static final double GENEROUS = 1e-6;

  /**
   * The rounding of a table's input comes on top of the result's: its share is smaller by this
   * factor.
   */
  private static final double TABLE_INPUT = 0.1;

  /**
   * Share of the weights' rounding error at the mean input that bias correction leaves: it does not
   * remove it at padded borders, nor where the real input's mean is another than that of
   * calibration.
   */
  private static final double UNCORRECTED = 0.25;

  /**
   * Mantissas fill their bits between half and fully: the mean of 4^u over u uniform in [0, 1] is 3
   * / log 4.
   */
  static final double HALF_FILLED = 2.16;

  /**
   * Errors of weights partly cancel in their sum, and what is common to all of a row does
   * altogether.
   */
  private static final double SCORE = 4;

  private static final int FEWEST_SCORE_BITS = 3;
  private static final int MOST_SCORE_BITS = 7;

  /**
   * The bits by which one step of a table's input, taken through the function's greatest slope, is
   * finer than the result's range. The table is as long as the accumulator's interval in such
   * steps.
   *
   * @param range of the result
   * @param variation of the result
   */
  int ofTableInput(double range, double variation) {
    int bits = leastTableBits;
    while (variation > 0 && bits < MOST_TABLE_BITS) {
      double step = Math.scalb(range, -bits);
      if (step * step / 12 <= TABLE_INPUT * share * variation) {
        break;
      }
      bits++;
    }
    return variation > 0 ? bits : Math.max(bits, (FEWEST_TABLE_BITS + MOST_TABLE_BITS) / 2);
  }

  /**
   * The bits behind the point of scores whose exponentials are weights: what the rounding error of
   * a score leaves of a weight's relative error is its own variance.
   */
  int ofScores() {
    int bits = FEWEST_SCORE_BITS;
    while (bits < MOST_SCORE_BITS && Math.scalb(1.0, -2 * bits) / 12 > SCORE * share) {
      bits++;
    }
    return bits;
  }

  /** Bits of an activation whose integers reach from 0, or from -magnitude, to magnitude. */
  int ofActivation(int least, int most, double magnitude, boolean nonNegative, double variation) {
    int bits = least;
    int held = isWide && nonNegative ? Math.min(most, TwoLimbs.PLAIN_BITS) : most;
    while (variation > 0 && bits < held) {
      double step = magnitude / greatest(bits, nonNegative);
      if (step * step / 12 <= share * variation) {
        break;
      }
      bits++;
    }
    return bits;
  }

  /**
   * Bits of the weights of a linear map.
   *
   * @param spread mean square of the map's inputs about their channels' means
   * @param constant mean square of those means
   * @param variation of its outputs
   * @param allowance share of the variation that the rounding error may have
   */
  static int ofWeights(
      int least,
      WeightStatistics weights,
      double spread,
      double constant,
      double variation,
      double allowance) {
    double squares = 0;
    for (double g : weights.greatest()) {
      squares += g * g / weights.channels();
    }
    double energy = weights.fanIn() * squares * (spread + UNCORRECTED * constant);
    int bits = least;
    while (variation > 0 && bits < MOST_WEIGHT_BITS) {
      double step = 1.0 / greatest(bits, false);
      if (HALF_FILLED * step * step / 12 * energy <= allowance * variation) {
        break;
      }
      bits++;
    }
    return bits;
  }

  /** The greatest integer of an activation of {@code bits} bits at this precision. */
  long high(int bits, boolean nonNegative) {
    return isWide && bits > TwoLimbs.PLAIN_BITS && !nonNegative
        ? TwoLimbs.greatest(bits)
        : greatest(bits, nonNegative);
  }

  /** The largest integer of {@code bits} bits, with a sign unless they are never negative. */
  static long greatest(int bits, boolean nonNegative) {
    return (1L << (nonNegative ? bits : bits - 1)) - 1;
  }
}
