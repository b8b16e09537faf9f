package org.zkc.passes.quantize;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Scale;
import org.zkc.passes.integer.ExcessCut;
import org.zkc.passes.integer.IntegerBuilder;
import org.zkc.passes.integer.WideClamp;

/**
 * Wide integers x = 2^k high + low, with low in [-2^(k-1), 2^(k-1)]. The requantisation of sums to
 * 17 bits and more is made limb by limb, for its table would have a row for every integer:
 *
 * <pre>
 *   high = requantize(x, s + k)    low = requantize(x - 2^(s + k) high, s)
 * </pre>
 *
 * <p>2^k high + low is requantize(x, s), clamped to 2^k times the bounds of high and half of 2^k
 * more: where high is cut, low is at its end.
 *
 * @param bits k
 */
record TwoLimbs(Value high, Value low, int bits) {
  /** k of requantisations, with which both limbs of 17 to 20 bits have short tables. */
  private static final int LOW_BITS = 8;

  private static final long HALF = 1L << LOW_BITS - 1;

  /** Integers of no more bits are requantised by one table. */
  static final int PLAIN_BITS = 16;

  /** A remainder has no more bits. */
  private static final int MOST_SHIFT = 24;

  /** Room for the rounding of sums to the upper limb. */
  static final double ROOM = 0.98 * FieldBounds.LIMIT;

  /** The greatest integer of so many bits, sign included, which limbs reach from its negative. */
  static long greatest(int bits) {
    return (1L << bits - 1) - HALF;
  }

  /** Whether bounds are those of limbs, which no bounds of 2^k - 1 are. */
  static boolean areBounds(long low, long high) {
    return low == -high
        && high >= greatest(PLAIN_BITS + 1)
        && (high & (1L << LOW_BITS) - 1) == HALF;
  }

  /**
   * clamp((x + half) >> shift, low, high), in limbs where that is asked for by bounds of the form
   * of {@link #greatest}.
   */
  static Value requantize(IntegerBuilder out, Value x, int shift, long low, long high) {
    long upper = high >> LOW_BITS;
    int total = shift + LOW_BITS;
    if (!areBounds(low, high)
        || total > MOST_SHIFT
        || IntegerBuilder.interval(x).magnitude() > ROOM) {
      return out.requantize(x, shift, low, high);
    }
    double scale = x.integerType().scale();
    Value near = near(out, x, total, new Interval(-upper, upper));
    Value h = out.requantize(near, total, -upper, upper);
    Value rest = out.subtract(near, out.scale(h, 1L << total, scale));
    Value l = out.requantize(rest, shift, -HALF, HALF);
    return out.add(out.scale(h, 1L << LOW_BITS, l.integerType().scale()), l);
  }

  /** x with what is far beyond the upper limb's clamp taken off, where its table is long. */
  private static Value near(IntegerBuilder out, Value x, int shift, Interval kept) {
    Interval all = IntegerBuilder.interval(x);
    ExcessCut.Site site =
        new ExcessCut.Site(all, shift, kept, all.shiftRounded(shift), x.shape().elementCount());
    Optional<WideClamp> cut = ExcessCut.of(List.of(site)).cuts().getFirst();
    if (cut.isEmpty()) {
      return x;
    }
    double scale = x.integerType().scale();
    int coarse = cut.get().shift();
    long[] entries = cut.get().excess();
    Value excess =
        out.requantizeTable(
            x,
            coarse,
            cut.get().coarse().low(),
            TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries),
            Math.scalb(scale, coarse));
    return out.subtract(x, out.scale(excess, 1L << coarse, scale));
  }

  /** The limbs of integers that {@link #requantize} made; empty for others. */
  static Optional<TwoLimbs> of(Value x, IntegerBuilder out) {
    return out.definition(x).orElse(null) instanceof Add a
            && out.definition(a.left()).orElse(null) instanceof Scale s
            && s.factor() == 1L << LOW_BITS
            && IntegerBuilder.interval(a.right()).magnitude() <= HALF
        ? Optional.of(new TwoLimbs(s.input(), a.right(), LOW_BITS))
        : Optional.empty();
  }

  /** The integers of one column in two limbs. */
  static TwoLimbs split(Value x, int bits, IntegerBuilder out) {
    Interval upper = IntegerBuilder.interval(x).shiftRounded(bits);
    Value high = out.requantize(x, bits, upper.low(), upper.high());
    Value low = out.subtract(x, out.scale(high, 1L << bits, x.integerType().scale()));
    return new TwoLimbs(high, low, bits);
  }
}
