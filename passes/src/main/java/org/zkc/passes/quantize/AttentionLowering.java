package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Softmax inside a network, and attention. The quotient is taken last: of an attention N = sum e v
 * is an exact product of matrices and N / S the one rounding, of each element of the result; the
 * shares e / S themselves exist only where something else reads them.
 */
final class AttentionLowering {
  /** Bits that exponentials and quotient share: their product with S stays below 2^29. */
  private static final int ROOM = 28;

  private static final int MOST_EXPONENT_BITS = 10;
  private static final int FEWEST_EXPONENT_BITS = 6;

  /**
   * Bits by which exponentials stay below half of the room, so that more bits remain for values.
   */
  private static final int VALUES_FIRST = 1;

  private static final int MOST_SHARE_BITS = 12;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final Precision precision;
  private final ShareLowering shares;

  AttentionLowering(
      IntegerValues values, Accumulators accumulators, Ranges ranges, Precision precision) {
    this.values = values;
    this.accumulators = accumulators;
    this.precision = precision;
    this.shares = new ShareLowering(values, accumulators, ranges, precision);
  }

  /** Shares in units of 2^-b, or finer ones where they leave the program. */
  Value softmax(Softmax op) {
    if (values.analysis().leavesProgram(op.result())) {
      return shares.of(op);
    }
    int log = SoftmaxWeights.log(op.input().shape().extent(op.axis()));
    int bits = Math.clamp((ROOM - log) / 2, 1, MOST_SHARE_BITS);
    SoftmaxWeights weights = weights(op.input(), op.mask(), op.axis(), bits, op);
    Value e = weights.exponentials();
    return values
        .out()
        .roundedQuotient(e, weights.sum(e.shape()), bits, 0, 1L << bits, Math.scalb(1.0, -bits));
  }

  /** Whether the shares of a softmax hardly differ from each other. */
  boolean areSharesAlike(Softmax op) {
    return op.mask().isEmpty() && shares.areAlike(op);
  }

  /** The weighted means of the values, at a power of two of the values' scale. */
  Value attention(Attention op) {
    int last = op.scores().shape().rank() - 1;
    int room = ROOM - SoftmaxWeights.log(op.scores().shape().extent(last));
    int exponentBits =
        Math.clamp(
            room / 2 - VALUES_FIRST - (precision.isGenerous() ? 1 : 0),
            FEWEST_EXPONENT_BITS,
            MOST_EXPONENT_BITS);
    Value v = valuesOf(op, room - exponentBits);
    Interval range = IntegerBuilder.interval(v);
    int valueBits = bitsOf(range.magnitude());
    Quantum wanted = values.classes().quantum(op.result());
    int bits =
        Math.clamp(
            (int)
                Math.ceil(
                    StrictMath.log(v.integerType().scale() / wanted.scale()) / StrictMath.log(2)),
            0,
            Math.max(0, room - exponentBits - valueBits));
    SoftmaxWeights weights = weights(op.scores(), op.mask(), last, exponentBits, op);
    Value sums = values.out().matMul(weights.exponentials(), v);
    Shape shape = sums.shape();
    return values
        .out()
        .roundedQuotient(
            sums,
            weights.sum(shape),
            bits,
            range.low() << bits,
            range.high() << bits,
            Math.scalb(v.integerType().scale(), -bits));
  }

  private SoftmaxWeights weights(
      Value scores, Optional<Value> mask, int axis, int bits, TensorOp op) {
    return SoftmaxWeights.of(
        scores, mask, axis, bits, values, accumulators, precision, op.location());
  }

  /** The values, of so many bits without sign as there is room for. */
  private Value valuesOf(Attention op, int bits) {
    Value v = values.narrow(op.values(), IntegerValues.NARROW);
    int tooMany = Math.max(0, bitsOf(IntegerBuilder.interval(v).magnitude()) - bits);
    if (tooMany == 0) {
      return v;
    }
    Interval half = IntegerBuilder.interval(v).shiftRounded(tooMany);
    long most = (1L << bits) - 1;
    return values
        .out()
        .requantize(v, tooMany, Math.max(-most, half.low()), Math.min(most, half.high()));
  }

  private static int bitsOf(long magnitude) {
    return Long.SIZE - Long.numberOfLeadingZeros(magnitude);
  }
}
