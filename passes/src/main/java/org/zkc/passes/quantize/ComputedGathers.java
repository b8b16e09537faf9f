package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.view.Gather;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Rows of tables by computed indices, which {@link IndexRange} holds inside the rows. For a table
 * of n rows of r elements:
 *
 * <pre>
 * constant elements   result[i, c] = entries[index_i r + c], one lookup for each
 * any elements        hit[i, k] = 1 where index_i - k = 0,   result = hit table
 * </pre>
 *
 * Exactly one k of a line is hit, and a result is one element of the table as it is.
 */
final class ComputedGathers {
  /** Elements of a constant that become one table of lookups. */
  private static final int MOST_ENTRIES = 1 << 16;

  private final IntegerValues values;
  private final ComparisonLowering comparisons;
  private final IndexRange range;

  ComputedGathers(IntegerValues values) {
    this.values = values;
    this.comparisons = new ComparisonLowering(values);
    this.range = new IndexRange(values);
  }

  /** Rows of real numbers. */
  Value ofReals(Gather op) {
    Value index = index(op);
    if (isLookedUp(op)) {
      TensorData data = constant(op).data();
      double scale =
          Math.max(
              values.classes().quantum(op.result()).scale(),
              values.parameters().magnitude(op.table()) / Short.MAX_VALUE);
      return lookedUp(op, index, data, i -> Math.rint(data.getDouble(i) / scale), scale);
    }
    int rows = op.table().shape().extent(0);
    // Sums of one element and zeros are bounded as sums of as many elements as there are rows.
    Value table = values.narrow(op.table(), (FieldBounds.LIMIT - 1) / rows);
    return picked(op, index, table);
  }

  /** Rows of a constant, rounded to a scale. */
  Value constants(Gather op, double scale) {
    Value index = index(op);
    if (!isLookedUp(op)) {
      return picked(op, index, values.parameters().constant(op.table(), scale));
    }
    TensorData data = constant(op).data();
    return lookedUp(op, index, data, i -> Math.rint(data.getDouble(i) / scale), scale);
  }

  /** Rows of integers or booleans, whose interval is that of the table. */
  Value ofIntegers(Gather op, UnaryOperator<Value> integers) {
    Value index = index(op);
    if (isLookedUp(op)) {
      TensorData data = constant(op).data();
      return isOneHot(data)
          ? hits(index, data.shape().extent(0), op.result().shape())
          : lookedUp(op, index, data, data::getLong, 1);
    }
    Value table = integers.apply(op.table());
    Value picked = picked(op, index, table);
    Interval all = IntegerBuilder.interval(table);
    Interval found = IntegerBuilder.interval(picked);
    return all.contains(found) || found.size() > FieldBounds.MAX_TABLE_ROWS
        ? picked
        : values.out().requantize(picked, 0, all.low(), all.high());
  }

  private Value index(Gather op) {
    int rows = op.table().shape().extent(0);
    return range.inside(op.indices(), values.exactly(op.indices()), rows, op.location());
  }

  private boolean isLookedUp(Gather op) {
    return values.analysis().isConstant(op.table())
        && values.analysis().definition(op.table()) instanceof Constant c
        && (c.data().elementCount() <= MOST_ENTRIES || isOneHot(c.data()));
  }

  private Constant constant(Gather op) {
    return (Constant) values.analysis().definition(op.table());
  }

  /** Whether a constant is the unit matrix, whose rows say which index is meant. */
  private static boolean isOneHot(TensorData data) {
    Shape shape = data.shape();
    if (shape.rank() != 2 || shape.extent(0) != shape.extent(1)) {
      return false;
    }
    int n = shape.extent(0);
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getDouble(i) != (i / n == i % n ? 1 : 0)) {
        return false;
      }
    }
    return true;
  }

  private Value lookedUp(
      Gather op, Value index, TensorData data, LongToDoubleFunction entry, double scale) {
    IntegerBuilder out = values.out();
    int count = Math.toIntExact(data.elementCount());
    int width = count / data.shape().extent(0);
    long[] entries = LongStream.range(0, count).map(i -> (long) entry.applyAsDouble(i)).toArray();
    Value at = index;
    if (width > 1) {
      Value first = repeated(out.scale(index, width, 1), width);
      at = out.add(first, numbers(width, first.shape()));
    }
    Value found = out.table(at, 0, TensorData.ofLongs(DType.I32, Shape.of(count), entries), scale);
    return out.reshape(found, op.result().shape());
  }

  private Value picked(Gather op, Value at, Value table) {
    IntegerBuilder out = values.out();
    int all = table.shape().extent(0);
    int count = Math.toIntExact(op.indices().shape().elementCount());
    int width = Math.toIntExact(table.shape().elementCount() / all);
    // Rows that no index of this interval names are left out.
    Interval interval = IntegerBuilder.interval(at);
    int first = Math.toIntExact(interval.low());
    int rows = Math.toIntExact(interval.size());
    Value index = comparisons.plus(at, -first);
    Value hits = hits(index, rows, Shape.of(count, rows));
    Value matrix = out.reshape(table, Shape.of(all, width));
    Value named =
        rows == all
            ? matrix
            : out.slice(matrix, List.of(first, 0), List.of(first + rows, width), List.of(1, 1));
    Value columns = out.transpose(named, List.of(1, 0));
    return out.reshape(out.matMul(hits, columns), op.result().shape());
  }

  /** 1 at [i, k] where index i is k. */
  private Value hits(Value index, int rows, Shape shape) {
    IntegerBuilder out = values.out();
    Value each = repeated(index, rows);
    Value apart = out.subtract(each, numbers(rows, each.shape()));
    return out.reshape(comparisons.of(apart, Comparison.EQUAL), shape);
  }

  /** Each element {@code times} times along a new last axis. */
  private Value repeated(Value x, int times) {
    IntegerBuilder out = values.out();
    List<Integer> single = new ArrayList<>(x.shape().extents());
    single.add(1);
    Value apart = out.reshape(x, new Shape(single));
    return out.broadcast(apart, apart.shape().with(single.size() - 1, times));
  }

  /** 0, 1, ... along the last axis, as a parameter. */
  private Value numbers(int count, Shape shape) {
    IntegerBuilder out = values.out();
    Value parameter =
        out.parameter(
            values.parameters().unique("indices"),
            IntegerWeights.of(
                TensorData.ofLongs(
                    DType.I32, Shape.of(count), LongStream.range(0, count).toArray())),
            1);
    return out.broadcast(parameter, shape);
  }
}
