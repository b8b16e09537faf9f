package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Softmax over one axis, in integers: m = max x, d = x - m, e = exp(d) by table, S = sum e, and
 * then either e / S by a rounded quotient (softmax), or d - log S with the logarithm by table
 * (log-softmax).
 */
final class SoftmaxLowering {
  /** Logits are requantised to [-REACH, REACH]. */
  static final long REACH = (1 << 12) - 1;

  /** No finer than this: exp is then exact to 0.2 %. */
  private static final double FINEST_STEP = Math.scalb(1.0, -8);

  /** Log-softmax keeps this many bits below the logits' step, for the logarithm. */
  private static final int LOG_BITS = 4;

  /** The sum is cut to this many bits before its logarithm is looked up. */
  private static final int SUM_BITS = 13;

  private final IntegerBuilder out;
  private final Value difference;
  private final Value exponential;
  private final Value sum;
  private final int bits;
  private final int axis;

  /** The scale of logits of the given real magnitude. */
  static double step(double magnitude) {
    return Math.max(FINEST_STEP, magnitude / REACH);
  }

  SoftmaxLowering(IntegerBuilder out, Value logits, int axis) {
    this.out = out;
    this.axis = axis;
    Shape shape = logits.shape();
    int extent = shape.extent(axis);
    Value max = out.broadcast(out.windowMax(logits, axis, 1, extent, 1, 1, 0), shape);
    this.difference = out.subtract(logits, max);
    // (2^bits + 1) 2 S < 2^31 - 1 with S <= extent 2^bits.
    this.bits = (29 - (32 - Integer.numberOfLeadingZeros(extent))) / 2;
    Quantum unit = new Quantum(Math.scalb(1.0, -bits), 1, 1L << bits);
    Interval range = IntegerBuilder.interval(difference);
    // Entries are at least 1, so that the sum is positive whatever its interval analysis sees of
    // it; d <= 0 always.
    TableEntries entries =
        TableEntries.of(StrictMath::exp, difference.integerType().scale(), range.low(), 0, unit);
    this.exponential = out.table(difference, entries.first(), entries.data(), unit.scale());
    this.sum =
        out.windowSum(exponential, axis, List.of(0), List.of(extent), List.of(1), unit.scale());
  }

  /** Shares of 2^-bits. */
  Value softmax() {
    return out.roundedQuotient(exponential, out.broadcast(sum, exponential.shape()), bits);
  }

  /** d - log S, in units of the logits' step / 2^4. */
  Value logSoftmax() {
    double step = Math.scalb(difference.integerType().scale(), -LOG_BITS);
    long greatest = IntegerBuilder.interval(sum).high();
    int shift = Math.max(0, 64 - Long.numberOfLeadingZeros(greatest) - SUM_BITS);
    Value cut = out.requantize(sum, shift, 0, (greatest >> shift) + 1);
    Interval range = IntegerBuilder.interval(cut);
    long last = (long) Math.ceil(StrictMath.log(exponential.shape().extent(axis)) / step) + 1;
    TableEntries entries =
        TableEntries.of(
            StrictMath::log,
            cut.integerType().scale(),
            Math.max(1, range.low()),
            range.high(),
            new Quantum(step, 0, last));
    Value logarithm = out.table(cut, entries.first(), entries.data(), step);
    Value fine = out.scale(difference, 1 << LOG_BITS, step);
    return out.subtract(fine, out.broadcast(logarithm, fine.shape()));
  }
}
