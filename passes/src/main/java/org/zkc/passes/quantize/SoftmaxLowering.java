package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Softmax over one axis, in integers: m = max x, d = x - m, e = exp(d) by table, S = sum e, and
 * then either e / S by a rounded quotient (softmax), or d - log S with the logarithm by table
 * (log-softmax).
 *
 * <p>S is at least 2^bits, because the largest element gives 2^bits. The intervals of its summands
 * do not show this, and the quotient's denominator must be positive by its interval. Along short
 * axes entries of at least 1 ensure it and change nothing that matters. Along long axes they would
 * outweigh the largest element, so entries go down to 0 there and S is increased by 1.
 */
final class SoftmaxLowering {
  /** Logits are requantised to [-REACH, REACH]. */
  private static final long REACH = (1 << 12) - 1;

  /** No finer than this: exp is then exact to 0.2 %. */
  private static final double FINEST_STEP = Math.scalb(1.0, -8);

  /** Log-softmax keeps this many bits below the logits' step, for the logarithm. */
  private static final int LOG_BITS = 4;

  /** The sum is cut to this many bits and more before its logarithm is looked up. */
  private static final int SUM_BITS = 13;

  /** The least sum, that of a sure winner, keeps this many bits where the axis is not too long. */
  private static final int WINNER_BITS = 6;

  private static final int MOST_SUM_BITS = 17;

  /** Entries of at least 1 may add this share of the largest element to the sum: 2^-8. */
  private static final int FLOOR_SHARE = 8;

  private final IntegerBuilder out;
  private final Value logits;
  private final int axis;
  private final Value exponential;
  private final Value sum;

  /** Bits of the quotient. */
  private final int bits;

  private final int extent;
  private final boolean isFloored;
  private final String name;

  /** The integers of softmax's input, ready for its result or the logarithm of that. */
  static SoftmaxLowering of(
      TensorOp op, Value input, int axis, IntegerValues values, Accumulators accumulators) {
    Location location = op.location();
    double step =
        step(values.classes().quantum(input).scale() * values.classes().quantum(input).high());
    long reach = REACH;
    Quantum q = new Quantum(step, -reach, reach);
    Value x =
        values.analysis().isDeferred(input)
            ? accumulators.requantized(input, q, -reach, reach, location)
            : Rescaling.apply(values.out(), values.exactly(input), q, -reach, reach);
    return new SoftmaxLowering(values.out(), x, axis, op.definitions().getFirst().name());
  }

  /** The scale of logits of the given real magnitude. */
  private static double step(double magnitude) {
    return Math.max(FINEST_STEP, magnitude / REACH);
  }

  /**
   * @param name of the result, for a parameter that belongs to it
   */
  private SoftmaxLowering(IntegerBuilder out, Value logits, int axis, String name) {
    this.out = out;
    this.name = name;
    this.logits = logits;
    this.axis = axis;
    this.extent = logits.shape().extent(axis);
    this.isFloored = isFloored(extent);
    this.bits = bits(extent);
    int exponentBits = isFloored ? bits : exponentBits(extent, bits);
    Quantum unit =
        new Quantum(Math.scalb(1.0, -exponentBits), isFloored ? 1 : 0, 1L << exponentBits);
    TensorData entries =
        ExponentialEntries.of(
            logits.integerType().scale(),
            0,
            IntegerRules.rows(IntegerBuilder.interval(logits), 0),
            unit);
    this.exponential = out.exponentials(logits, axis, 0, entries, unit.scale());
    this.sum =
        out.windowSum(exponential, axis, List.of(0), List.of(extent), List.of(1), unit.scale());
  }

  /** The least L with extent < 2^L. */
  private static int log(int extent) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(extent);
  }

  /** Whether entries of at least 1 change nothing that counts, along an axis of that extent. */
  private static boolean isFloored(int extent) {
    return (long) extent << FLOOR_SHARE <= 1L << (29 - log(extent)) / 2;
  }

  /** Bits of a share along an axis of that extent. */
  static int bits(int extent) {
    return ((isFloored(extent) ? 29 : 30) - log(extent)) / 2;
  }

  /**
   * The most bits of exponentials whose sum plus 1 can divide to {@code bits} bits: its multiples
   * by 2^(bits + 1) + 4 stay below p, so that the quotient's remainder and its range do.
   */
  private static int exponentBits(int extent, int bits) {
    int k = 1;
    while (((2L << bits) + 4) * (((long) extent << k + 1) + 1) < Integer.MAX_VALUE) {
      k++;
    }
    return k;
  }

  /** Shares of 2^-bits. */
  Value softmax() {
    Value denominator = sum;
    if (!isFloored) {
      IntegerWeights one =
          IntegerWeights.of(TensorData.ofLongs(DType.I8, Shape.of(1), new long[] {1}));
      Value parameter = out.parameter(name + ".one", one, sum.integerType().scale());
      denominator = out.add(sum, out.broadcast(parameter, sum.shape()));
    }
    return out.roundedQuotient(
        exponential,
        out.broadcast(denominator, exponential.shape()),
        bits,
        0,
        1L << bits,
        Math.scalb(1.0, -bits));
  }

  /** d - log S, in units of the logits' step / 2^4. */
  Value logSoftmax() {
    Value max = out.broadcast(out.windowMax(logits, axis, 1, extent, 1, 1, 0), logits.shape());
    Value difference = out.subtract(logits, max);
    double step = Math.scalb(difference.integerType().scale(), -LOG_BITS);
    long greatest = IntegerBuilder.interval(sum).high();
    int sumBits = Math.clamp(log(extent) + WINNER_BITS, SUM_BITS, MOST_SUM_BITS);
    int shift = Math.max(0, 64 - Long.numberOfLeadingZeros(greatest) - sumBits);
    Value cut = out.requantize(sum, shift, 0, (greatest >> shift) + 1);
    Interval range = IntegerBuilder.interval(cut);
    long last = (long) Math.ceil(StrictMath.log(extent) / step) + 1;
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
