package org.zkc.passes.quantize;

/**
 * The factors by which ranges are widened beyond what calibration saw. They are the greater the
 * less calibration saw: one sample may be of low contrast, and default noise says little about the
 * real input. Saturation costs far more than resolution.
 */
record Margins(double input, double activation) {
  private static final Margins DEFAULT_NOISE = new Margins(3, 4);

  /** Inputs are public: a bit more of them costs nothing. */
  private static final Margins FEW = new Margins(4, 4);

  private static final Margins SOME = new Margins(3, 3);
  private static final Margins MANY = new Margins(2, 2);

  /** The number of samples from which the margins are {@link #SOME}. */
  private static final int SOME_SAMPLES = 4;

  /** The number of samples from which the margins are {@link #MANY}. */
  private static final int MANY_SAMPLES = 16;

  static Margins of(Ranges ranges) {
    if (ranges.isDefaultNoise()) {
      return DEFAULT_NOISE;
    }
    int samples = ranges.samples().count();
    return samples >= MANY_SAMPLES ? MANY : samples >= SOME_SAMPLES ? SOME : FEW;
  }
}
