package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Quotients of two computed tensors, one rounded quotient an element. The denominator is cut to an
 * interval of one sign, the calibrated range with its margin, so that every numerator has a
 * quotient for every input. With denominators in [l, r l] and numerators up to n the quotients
 * reach 2^b n / l, and b is as large as 2^b n r has room.
 */
final class DivisionLowering {
  /** Wider integers are read at the scale of their class. */
  private static final long NUMERATOR = 1 << 12;

  /** The least denominator is this many units, a power of two, where it has room. */
  private static final int LEAST_BITS = 7;

  /** Bits of denominators. */
  private static final int FEWEST_BITS = 12;

  private static final int MOST_BITS = 15;

  /**
   * Denominators below this part of the greatest are cut, a power of two: what finer ones would
   * give takes bits from all others.
   */
  private static final int DEEPEST = 10;

  /** The quotients may be that many, a power of two: each has a row in the table of their range. */
  private static final int MOST_ROWS = 15;

  /** The same where they are an output of the program. */
  private static final int MOST_OUTPUT_ROWS = 17;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final Ranges ranges;

  DivisionLowering(IntegerValues values, Accumulators accumulators, Ranges ranges) {
    this.values = values;
    this.accumulators = accumulators;
    this.ranges = ranges;
  }

  /** left / right in units of their scales' ratio times 2^-b. */
  Value of(Divide op) {
    IntegerBuilder out = values.out();
    boolean isNegative = ranges.of(op.right()).max() < 0;
    Value numerator = numerator(op);
    Value denominator = denominator(op, isNegative);
    if (isNegative) {
      numerator = out.scale(numerator, -1, numerator.integerType().scale());
    }
    Interval d = IntegerBuilder.interval(denominator);
    while (!fits(IntegerBuilder.interval(numerator), d, 0, MOST_ROWS)) {
      Interval half = IntegerBuilder.interval(numerator).shiftRounded(1);
      numerator = out.requantize(numerator, 1, half.low(), half.high());
    }
    boolean isOutput = values.analysis().isOutput(op.result());
    Interval n = IntegerBuilder.interval(numerator);
    double unit = numerator.integerType().scale() / denominator.integerType().scale();
    double wanted = isOutput ? 0 : values.classes().quantum(op.result()).scale() / 2;
    int bits = 0;
    while (bits < FieldBounds.MAX_QUOTIENT_BITS
        && Math.scalb(unit, -bits) > wanted
        && fits(n, d, bits + 1, isOutput ? MOST_OUTPUT_ROWS : MOST_ROWS)) {
      bits++;
    }
    Interval range = quotients(n, d, bits);
    return out.roundedQuotient(
        numerator, denominator, bits, range.low(), range.high(), Math.scalb(unit, -bits));
  }

  private Value numerator(Divide op) {
    if (!values.analysis().isDeferred(op.left())) {
      return values.narrow(op.left(), NUMERATOR);
    }
    Quantum q = values.classes().quantum(op.left());
    return accumulators.requantized(op.left(), q, q.low(), q.high(), op.location());
  }

  /**
   * The magnitudes of the denominator, each at least 1. They are brought to their units before they
   * are repeated for the numerators that share them.
   */
  private Value denominator(Divide op, boolean isNegative) {
    List<UnaryView> views = new ArrayList<>();
    Value source = op.right();
    while (values.analysis().uses().definition(source).orElse(null) instanceof UnaryView v
        && v.input().shape().elementCount() <= source.shape().elementCount()) {
      views.add(v);
      source = v.input();
    }
    Value x = atUnits(source, isNegative, op);
    for (UnaryView v : views.reversed()) {
      x = values.out().viewOfReals(v, List.of(x));
    }
    return x;
  }

  private Value atUnits(Value source, boolean isNegative, Divide op) {
    IntegerBuilder out = values.out();
    Ranges.Range seen = ranges.of(source);
    if (seen.min() <= 0 && seen.max() >= 0) {
      throw new UserException(
          op.location(),
          "the denominator of this division is %s and %s in calibration, and only one that stays away from 0 can be proved; clamp it, or add a positive number to what is not negative"
              .formatted((float) seen.min(), (float) seen.max()));
    }
    ValueBounds.Bounds bounds = values.analysis().bounds(source);
    double margin = values.classes().greatest(source) / seen.magnitude();
    double least = Math.min(Math.abs(seen.min()), Math.abs(seen.max())) / margin;
    least = Math.max(least, isNegative ? -bounds.high() : bounds.low());
    double greatest =
        Math.min(seen.magnitude() * margin, isNegative ? -bounds.low() : bounds.high());
    least = Math.max(least, Math.scalb(greatest, -DEEPEST));
    int bits =
        Math.clamp(Math.getExponent(greatest / least) + 1 + LEAST_BITS, FEWEST_BITS, MOST_BITS);
    double step = Math.scalb(greatest, -bits);
    boolean isDeferred = values.analysis().isDeferred(source);
    if (!isDeferred) {
      double scale = values.exactly(source).integerType().scale();
      int shift = (int) Math.floor(StrictMath.log(step / scale) / StrictMath.log(2) + 1e-9);
      step = Math.scalb(scale, Math.max(0, shift));
    }
    long low = Math.max(1, (long) Math.floor(least / step));
    long high = Math.max(low, (long) Math.ceil(greatest / step));
    Quantum q = new Quantum(step, isNegative ? -high : low, isNegative ? -low : high);
    Value x =
        isDeferred
            ? accumulators.requantized(source, q, q.low(), q.high(), op.location())
            : cut(values.exactly(source), q);
    return isNegative ? out.scale(x, -1, step) : x;
  }

  private Value cut(Value x, Quantum q) {
    Interval interval = IntegerBuilder.interval(x);
    boolean isInside =
        x.integerType().scale() == q.scale()
            && q.low() <= interval.low()
            && interval.high() <= q.high();
    return isInside ? x : Rescaling.apply(values.out(), x, q, q.low(), q.high());
  }

  private static boolean fits(Interval n, Interval d, int bits, int rows) {
    Interval range = quotients(n, d, bits);
    return range.size() <= (1L << rows) + 1 && IntegerRules.isUniqueQuotient(n, d, bits, range);
  }

  /** The interval of rounded quotients by a positive denominator. */
  private static Interval quotients(Interval n, Interval d, int bits) {
    return new Interval(
        Math.min(quotient(n.low(), d.low(), bits), quotient(n.low(), d.high(), bits)),
        Math.max(quotient(n.high(), d.low(), bits), quotient(n.high(), d.high(), bits)));
  }

  private static long quotient(long n, long d, int bits) {
    return Math.floorDiv((n << bits + 1) + d, 2 * d);
  }
}
