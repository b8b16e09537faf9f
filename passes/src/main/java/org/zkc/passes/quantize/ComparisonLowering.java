package org.zkc.passes.quantize;

import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Comparison;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The sign of integers of any width, exactly. Integers of few bits are looked up in a table of all
 * of them. The sign of wider integers is that of floor(x / 2^s), so the lower s bits go into
 * remainder limbs and the table is short. The lowering is a requantisation of x - 2^(s-1), which
 * rounds to that floor.
 */
final class ComparisonLowering {
  /** Bits of the integers that a table takes whole. */
  private static final int TABLE_BITS = 12;

  private final IntegerValues values;

  ComparisonLowering(IntegerValues values) {
    this.values = values;
  }

  /** 1 where the integers are in the relation to 0, 0 elsewhere. */
  Value of(Value x, Comparison comparison) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(IntegerBuilder.interval(x).size() - 1);
    if (bits <= TABLE_BITS) {
      return table(x, -1, truth(comparison, -1), truth(comparison, 0), truth(comparison, 1));
    }
    int shift = bits - TABLE_BITS;
    return switch (comparison) {
      case LESS -> below(x, 0, shift, 1, 0);
      case GREATER_EQUAL -> below(x, 0, shift, 0, 1);
      case LESS_EQUAL -> below(x, 1, shift, 1, 0);
      case GREATER -> below(x, 1, shift, 0, 1);
      case EQUAL -> equal(x, shift);
      case NOT_EQUAL -> table(equal(x, shift), 0, 1, 0);
    };
  }

  private Value equal(Value x, int shift) {
    return values.out().multiply(below(x, 0, shift, 0, 1), below(x, 1, shift, 1, 0));
  }

  private static long truth(Comparison comparison, int sign) {
    return comparison.holds(sign) ? 1 : 0;
  }

  /** {@code yes} where x < bound, {@code no} elsewhere. */
  private Value below(Value x, long bound, int shift, long yes, long no) {
    Value moved = plus(x, -bound - (1L << (shift - 1)));
    return values.out().requantizeTable(moved, shift, -1, entries(yes, no), 1);
  }

  private Value table(Value x, long first, long... entries) {
    return values.out().table(x, first, entries(entries), 1);
  }

  private static TensorData entries(long... entries) {
    return TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
  }

  /** The integers and a constant, as a parameter; the scale stays. */
  Value plus(Value x, long constant) {
    if (constant == 0) {
      return x;
    }
    IntegerBuilder out = values.out();
    Value one =
        out.parameter(
            values.parameters().unique("threshold"),
            IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {constant})),
            x.integerType().scale());
    return out.add(x, out.broadcast(out.reshape(one, Shape.of()), x.shape()));
  }
}
