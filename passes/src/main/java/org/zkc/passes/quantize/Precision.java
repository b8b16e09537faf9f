package org.zkc.passes.quantize;

/**
 * How many bits a tensor needs so that its rounding does not drown what of it depends on the input.
 * The bits of the options are the least; tensors get more, at most {@link #MOST_BITS}, while the
 * variance of their rounding error is above a share of the variance that calibration saw between
 * samples. Networks whose activations are nearly constant (random weights, many layers without
 * normalisation) need it; trained ones mostly stay at the least. Bits of activations cost table
 * rows, so {@link PrecisionSearch} chooses the share; bits of weights cost none.
 */
enum Precision {
  LEAST(Double.POSITIVE_INFINITY),
  COARSE(0.08),
  MEDIUM(0.02),
  FINE(0.005),
  FINEST(0.001);

  /**
   * Rounding noise of weights over variation, at most; measured on the networks of FidelityTest:
   * 0.02 loses R^2 visibly.
   */
  private static final double WEIGHT_SHARE = 0.005;

  private static final int MOST_BITS = 12;

  /**
   * The rounding of a table's input comes on top of the result's: its share is smaller by this
   * factor.
   */
  private static final double TABLE_INPUT = 0.1;

  /**
   * Share of the weights' rounding error that bias correction leaves: it removes the error at the
   * mean input, but not at padded borders, nor where the real input's mean is another than that of
   * calibration.
   */
  private static final double UNCORRECTED = 0.25;

  private static final int FEWEST_TABLE_BITS = 6;
  private static final int MOST_TABLE_BITS = 11;

  private final double share;

  Precision(double share) {
    this.share = share;
  }

  /**
   * How many bits finer than the result's range one step of a table's input is, taken through the
   * function's greatest slope. The table is as long as the accumulator's interval in such steps.
   *
   * @param range of the result
   * @param variation of the result
   */
  int ofTableInput(double range, double variation) {
    int bits = FEWEST_TABLE_BITS;
    while (variation > 0 && bits < MOST_TABLE_BITS) {
      double step = Math.scalb(range, -bits);
      if (step * step / 12 <= TABLE_INPUT * share * variation) {
        break;
      }
      bits++;
    }
    return variation > 0 ? bits : (FEWEST_TABLE_BITS + MOST_TABLE_BITS) / 2;
  }

  /** Bits of an activation whose integers reach from 0, or from -magnitude, to magnitude. */
  int ofActivation(int least, double magnitude, boolean nonNegative, double variation) {
    int bits = least;
    while (variation > 0 && bits < MOST_BITS) {
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
   * @param meanSquare of the map's inputs
   * @param variation of its outputs
   */
  int ofWeights(int least, WeightStatistics weights, double meanSquare, double variation) {
    double squares = 0;
    for (double g : weights.greatest()) {
      squares += g * g / weights.channels();
    }
    int bits = least;
    while (variation > 0 && bits < MOST_BITS) {
      double step = 1.0 / greatest(bits, false);
      double noise = weights.fanIn() * squares * step * step / 12 * meanSquare;
      if (UNCORRECTED * noise <= Math.min(share, WEIGHT_SHARE) * variation) {
        break;
      }
      bits++;
    }
    return bits;
  }

  /** The largest integer of {@code bits} bits, with a sign unless they are never negative. */
  static long greatest(int bits, boolean nonNegative) {
    return (1L << (nonNegative ? bits : bits - 1)) - 1;
  }
}
