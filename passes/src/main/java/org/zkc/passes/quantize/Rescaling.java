package org.zkc.passes.quantize;

import org.zkc.ir.FieldBounds;
import org.zkc.ir.Value;
import org.zkc.passes.integer.IntegerBuilder;

/** Brings integers from one scale to another. */
final class Rescaling {
  /** Integers up to here leave room for a multiplier of 8 bits and more. */
  private static final long WIDE = 1 << 21;

  /**
   * Wider ones are cut to this before a multiplier brings them to another scale: tables of 2^16
   * rows at most.
   */
  private static final long CUT = 1 << 15;

  /** The same for results of 17 bits and more. */
  private static final long WIDE_CUT = TwoLimbs.greatest(20);

  private Rescaling() {}

  /**
   * clamp(x * x's scale / q's scale, low, high): a shift where the ratio of scales is a power of
   * two that is at most 1, else an integer multiplier of at most 14 bits and a shift.
   */
  static Value apply(IntegerBuilder out, Value x, Quantum q, long low, long high) {
    double ratio = x.integerType().scale() / q.scale();
    double magnitude = IntegerBuilder.interval(x).magnitude();
    int exponent = (int) Math.rint(StrictMath.log(ratio) / StrictMath.log(2));
    if (exponent <= 0 && Math.abs(Math.scalb(ratio, -exponent) - 1) < 1e-9) {
      return TwoLimbs.requantize(out, x, -exponent, low, high);
    }
    boolean isWide = TwoLimbs.areBounds(q.low(), q.high());
    if (magnitude > WIDE) {
      // What the clamp keeps of wide integers is not as wide as all that they could be.
      double kept = isWide ? Math.min(magnitude, 1.01 * q.high() / ratio) : magnitude;
      long cut = isWide ? WIDE_CUT : CUT;
      int shift = 64 - Long.numberOfLeadingZeros((long) kept / cut);
      return apply(out, TwoLimbs.requantize(out, x, shift, -cut, cut), q, low, high);
    }
    int shift = Math.clamp(13 - Math.getExponent(ratio), 0, 24);
    while (shift > 0 && Math.scalb(ratio, shift) * magnitude > FieldBounds.LIMIT / 2) {
      shift--;
    }
    long factor = (long) Math.rint(Math.scalb(ratio, shift));
    return TwoLimbs.requantize(
        out, out.scale(x, factor, Math.scalb(q.scale(), -shift)), shift, low, high);
  }
}
