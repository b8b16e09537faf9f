package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Value;
import org.zkc.ir.view.Concatenate;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * A concatenation of parts that have scales of their own, which outputs alone read: a detector's
 * boxes, in pixels, beside its scores. All integers are multiples of one unit u, a fraction of the
 * finest scale; those of a part of scale s are multiplied by round(s / u). That costs no lookups,
 * as an output's integers may be wide.
 */
final class JoinedParts {
  /** The greatest number that a part stands for is no more than this many of the finest scale. */
  private static final double MOST_STEPS = 1 << 21;

  /** The finest scale is at most 2^14 units: a ratio of scales is rounded to a unit. */
  private static final int MOST_FRACTION = 14;

  private final IntegerValues values;

  JoinedParts(IntegerValues values) {
    this.values = values;
  }

  /** The integers of the concatenation. */
  Value of(Concatenate op) {
    IntegerBuilder out = values.out();
    List<Value> parts = new ArrayList<>();
    double greatest = 0;
    for (Value input : op.inputs()) {
      Value part =
          values.analysis().isConstant(input) ? values.output(input) : values.atClassScale(input);
      parts.add(part);
      greatest = Math.max(greatest, reach(part));
    }
    double least = greatest / MOST_STEPS;
    parts.replaceAll(part -> atLeast(least, part));
    double finest = parts.stream().mapToDouble(p -> p.integerType().scale()).min().orElseThrow();
    int fraction = MOST_FRACTION;
    while (greatest / Math.scalb(finest, -fraction) >= FieldBounds.LIMIT / 2) {
      fraction--;
    }
    double unit = Math.scalb(finest, -fraction);
    return out.concatenate(
        parts.stream()
            .map(p -> out.scale(p, (long) Math.rint(p.integerType().scale() / unit), unit))
            .toList(),
        op.axis());
  }

  private static double reach(Value part) {
    return IntegerBuilder.interval(part).magnitude() * part.integerType().scale();
  }

  /** The part, at a coarser scale where its own is finer than {@code least}. */
  private Value atLeast(double least, Value part) {
    if (part.integerType().scale() >= least) {
      return part;
    }
    long high = (long) Math.ceil(reach(part) / least);
    return Rescaling.apply(values.out(), part, new Quantum(least, -high, high), -high, high);
  }
}
