package org.zkc.passes.quantize;

import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Computed indices that certainly lie on their axis. Where the interval of an index is wider than
 * the axis, a run whose index lies outside has no result and no proof, as in PyTorch:
 *
 * <pre>
 * index' = rounded_quotient(index, 1) in [0, extent - 1] = floor((2 index + 1) / 2) = index
 * </pre>
 *
 * The quotient is unique, and one outside of its range has no proof.
 */
final class IndexRange {
  private final IntegerValues values;

  IndexRange(IntegerValues values) {
    this.values = values;
  }

  /**
   * The index, in an interval inside the axis.
   *
   * @param index at the tensor level
   * @param x its integers
   */
  Value inside(Value index, Value x, int extent, Location location) {
    Interval interval = IntegerBuilder.interval(x);
    if (interval.low() >= 0 && interval.high() < extent) {
      return x;
    }
    if (interval.low() >= 0 && interval.high() == extent && isPosition(index, extent)) {
      // The interval of a position has one number more than there are positions.
      return values.out().requantize(x, 0, 0, extent - 1);
    }
    Interval axis = new Interval(0, extent - 1);
    Interval one = Interval.point(1);
    boolean isApart = interval.high() < 0 || interval.low() >= extent;
    if (isApart || !IntegerRules.isUniqueQuotient(interval, one, 0, axis)) {
      throw outside(interval, extent, location);
    }
    return values.out().roundedQuotient(x, ones(x.shape()), 0, 0, extent - 1, 1);
  }

  /** Integers that certainly lie in an interval, where theirs is wider. */
  Value within(Value x, Interval interval) {
    return interval.contains(IntegerBuilder.interval(x))
            || interval.size() > 1L << FieldBounds.MAX_QUOTIENT_BITS
        ? x
        : values.out().roundedQuotient(x, ones(x.shape()), 0, interval.low(), interval.high(), 1);
  }

  static UserException outside(Interval interval, int extent, Location location) {
    return new UserException(
        location,
        "a computed index can be %d to %d here, of an axis of %d elements, and one out of range has no proof"
            .formatted(interval.low(), interval.high(), extent),
        "bound the index by .clamp(0, %d)".formatted(extent - 1));
  }

  private Value ones(Shape shape) {
    Value one =
        values
            .out()
            .parameter(
                values.parameters().unique("one"),
                IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {1})),
                1);
    return values.out().broadcast(values.out().reshape(one, Shape.of()), shape);
  }

  /** Whether indices are positions on an axis of at most {@code rows} elements, moved or cast. */
  private boolean isPosition(Value indices, int rows) {
    if (values.isInput(indices)) {
      return false;
    }
    return switch (values.analysis().definition(indices)) {
      case TopIndices t -> t.input().shape().extent(t.axis()) <= rows;
      case Cast c -> isPosition(c.input(), rows);
      case IndexWrap i -> isPosition(i.input(), rows);
      case Reshape r -> isPosition(r.input(), rows);
      case Transpose t -> isPosition(t.input(), rows);
      case Broadcast b -> isPosition(b.input(), rows);
      case Slice s -> isPosition(s.input(), rows);
      default -> false;
    };
  }
}
