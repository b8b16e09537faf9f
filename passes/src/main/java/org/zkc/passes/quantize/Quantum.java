package org.zkc.passes.quantize;

/** A scale, and the integers that values at that scale are clamped to. */
record Quantum(double scale, long low, long high) {
  /** {@code real} in units of the scale, rounded half to even. */
  double units(double real) {
    return Math.rint(real / scale);
  }

  /** The lower bound of a clamp in integers. */
  long least(double lowest) {
    return Math.min((long) Math.max(units(lowest), low), high);
  }

  /** The upper bound of a clamp in integers, at least the lower one. */
  long greatest(double lowest, double highest) {
    return Math.max((long) Math.min(units(highest), high), least(lowest));
  }
}
