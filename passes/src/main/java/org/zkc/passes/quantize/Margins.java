package org.zkc.passes.quantize;

/**
 * By how much ranges are widened beyond what calibration saw. Default noise says little about the
 * real input, so it gets more room: inputs of twice its contrast, with an offset, must not
 * saturate.
 */
record Margins(double input, double activation) {
  private static final Margins GIVEN = new Margins(2, 2);
  private static final Margins DEFAULT_NOISE = new Margins(2.5, 3);

  static Margins of(Ranges ranges) {
    return ranges.isDefaultNoise() ? DEFAULT_NOISE : GIVEN;
  }
}
