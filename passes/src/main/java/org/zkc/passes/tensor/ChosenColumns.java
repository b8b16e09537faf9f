package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;

/**
 * Elements of scale x' + shift, per column, of which each is from a column that a table names: its
 * number is columns[index], as the nodes of a decision tree name features. A threshold that another
 * table gives by the same index is compared with x' instead, in units of the node's own column:
 * scale x' + shift <= t where x' <= (t - shift) / scale, so that tables of numbers are all that
 * changes.
 *
 * @param carrier elements of x'
 * @param columns the number of each element's column
 * @param scale per column
 * @param shift per column
 */
record ChosenColumns(Value carrier, Rows columns, double[] scale, double[] shift) {
  /** More elements are not followed. */
  private static final long MOST_ELEMENTS = 1 << 22;

  /**
   * The greatest threshold, in units of x', whose samples stay below 1: integers end far below it.
   */
  private static final double GREATEST = 1 << 10;

  /**
   * Elements that a constant table of numbers gives by computed indices.
   *
   * @param gather of the table's rows
   * @param table of numbers
   * @param places per element, the index of the gather that names its row
   * @param views of the gather's result, first to last
   */
  record Rows(Gather gather, Constant table, TensorData places, List<UnaryView> views) {
    /** The elements of a value; empty for other values than views of such a gather. */
    static Optional<Rows> of(Value value, Uses uses) {
      if (value.shape().elementCount() > MOST_ELEMENTS) {
        return Optional.empty();
      }
      return switch (uses.definition(value).orElse(null)) {
        case Gather g
            when uses.definition(g.table()).orElse(null) instanceof Constant c
                && c.data().shape().rank() == 1 ->
            Optional.of(new Rows(g, c, numbers(g.indices().shape()), List.of()));
        case Pad p -> Optional.empty();
        case UnaryView v -> of(v.input(), uses).map(rows -> rows.then(v));
        case null, default -> Optional.empty();
      };
    }

    private static TensorData numbers(Shape shape) {
      int count = Math.toIntExact(shape.elementCount());
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = i;
      }
      return TensorData.ofFloats(shape, numbers);
    }

    private Rows then(UnaryView view) {
      List<UnaryView> longer = new ArrayList<>(views);
      longer.add(view);
      return new Rows(gather, table, moved(view, places), longer);
    }

    private Rows placed(TensorData newPlaces) {
      return new Rows(gather, table, newPlaces, views);
    }

    private boolean isAlike(Rows other) {
      return gather.indices() == other.gather.indices()
          && table.data().elementCount() == other.table.data().elementCount()
          && places.equals(other.places);
    }

    /** The same elements of another table. */
    private Value emit(float[] elements, Location location, Rewriter out) {
      Value own =
          ScaleColumns.constant(table.name(), table.data().shape(), elements, location, out);
      Value result =
          out.value(
              new Gather(
                  out.fresh(gather.result().name(), gather.result().type()),
                  own,
                  gather.indices(),
                  gather.location()));
      for (UnaryView view : views) {
        result = out.value(viewOf(view, result, out));
      }
      return result;
    }
  }

  /**
   * Rows of x' that computed indices choose: a product with rows of the unit matrix.
   *
   * @param carrier x' in place of the right factor, which is scale x' + shift along its last axis
   */
  static Optional<ChosenColumns> of(
      MatMul op, Value carrier, double[] scale, double[] shift, Uses uses, Rewriter out) {
    Optional<Rows> hits = hits(op.left(), scale.length, uses);
    if (hits.isEmpty() || op.result().shape().elementCount() > MOST_ELEMENTS) {
      return Optional.empty();
    }
    Value chosen =
        out.value(
            new MatMul(
                out.fresh(op.result().name(), op.result().type()),
                op.left(),
                carrier,
                op.location()));
    return Optional.of(
        new ChosenColumns(
            chosen, hits.get().placed(repeated(hits.get().places, op)), scale, shift));
  }

  /** The index of each row of a product, once for each of the row's elements. */
  private static TensorData repeated(TensorData places, MatMul op) {
    Shape shape = op.result().shape();
    int times = shape.extent(shape.rank() - 1);
    float[] all = places.toFloats();
    float[] out = new float[all.length * times];
    for (int i = 0; i < out.length; i++) {
      out[i] = all[i / times];
    }
    return TensorData.ofFloats(shape, out);
  }

  /** The numbers of columns whose rows of the unit matrix a value holds on its last axis. */
  private static Optional<Rows> hits(Value value, int columns, Uses uses) {
    int last = value.shape().rank() - 1;
    return switch (uses.definition(value).orElse(null)) {
      case Gather g
          when uses.definition(g.table()).orElse(null) instanceof Constant c
              && isUnit(c.data(), columns) ->
          Rows.of(g.indices(), uses);
      case Cast c -> hits(c.input(), columns, uses);
      case Transpose t when t.permutation().get(last) == last ->
          hits(t.input(), columns, uses)
              .map(rows ->
                  rows.placed(
                      moved(
                          new Transpose(
                              plain(withoutLast(t.result().shape())),
                              plain(rows.places.shape()),
                              t.permutation().subList(0, last),
                              t.location()),
                          rows.places)));
      case Reshape r
          when r.result().shape().extent(last) == columns
              && r.input().shape().rank() > 0
              && r.input().shape().extent(r.input().shape().rank() - 1) == columns ->
          hits(r.input(), columns, uses)
              .map(rows ->
                  rows.placed(TensorData.ofFloats(withoutLast(r.shape()), rows.places.toFloats())));
      case null, default -> Optional.empty();
    };
  }

  private static boolean isUnit(TensorData data, int columns) {
    return data.shape().equals(Shape.of(columns, columns))
        && IntStream.range(0, columns * columns)
            .allMatch(i -> data.getDouble(i) == (i % (columns + 1) == 0 ? 1 : 0));
  }

  private static Shape withoutLast(Shape shape) {
    return new Shape(shape.extents().subList(0, shape.rank() - 1));
  }

  private static Value plain(Shape shape) {
    return new Value("places", new TensorType(DType.F32, shape));
  }

  private static TensorData moved(UnaryView view, TensorData places) {
    return TensorInterpreter.evaluate(view, List.of(places));
  }

  private static UnaryView viewOf(UnaryView view, Value input, Rewriter out) {
    return (UnaryView)
        OpSpec.mapValues(view, r -> out.fresh(r.name(), r.type()), v -> input, region -> region);
  }

  /** A view of the elements; empty where it adds some. */
  Optional<ChosenColumns> viewed(UnaryView view, Rewriter out) {
    if (view instanceof Pad || view.result().shape().elementCount() > MOST_ELEMENTS) {
      return Optional.empty();
    }
    return Optional.of(
        new ChosenColumns(
            out.value(viewOf(view, carrier, out)),
            columns.placed(moved(view, columns.places)),
            scale,
            shift));
  }

  /**
   * A difference whose sign is that of {@code op}, in which the elements are the left or the right
   * operand.
   *
   * @param thresholds the other operand
   * @return empty where thresholds are no table's numbers by the same index, or a scale is not
   *     positive
   */
  Optional<Subtract> compared(
      Subtract op, boolean isLeft, Value thresholds, Uses uses, Rewriter out) {
    Optional<Rows> rows = Rows.of(thresholds, uses).filter(columns::isAlike);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    TensorData named = columns.table.data();
    double[] numbers = rows.get().table.data().toDoubles();
    float[] own = new float[numbers.length];
    for (int i = 0; i < own.length; i++) {
      long column = named.getLong(i);
      if (column < 0 || column >= scale.length || !(scale[(int) column] > 0)) {
        return Optional.empty();
      }
      double threshold = (numbers[i] - shift[(int) column]) / scale[(int) column];
      if (!Double.isFinite(threshold)) {
        return Optional.empty();
      }
      own[i] = (float) Math.clamp(threshold, -GREATEST, GREATEST);
    }
    Value emitted = rows.get().emit(own, op.location(), out);
    return Optional.of(
        new Subtract(
            out.fresh(op.result().name(), op.result().type()),
            isLeft ? carrier : emitted,
            isLeft ? emitted : carrier,
            op.location()));
  }
}
