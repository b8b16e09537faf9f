package org.zkc.passes.quantize;

/** A scale, and the integers that values at that scale are clamped to. */
record Quantum(double scale, long low, long high) {
  /** {@code real} in units of the scale, rounded half to even. */
  double units(double real) {
    return Math.rint(real / scale);
  }
}
