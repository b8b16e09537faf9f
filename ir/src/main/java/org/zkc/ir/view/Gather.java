package org.zkc.ir.view;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Describes;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.tensor.TensorOp;

/**
 * result[i..., j...] = table[indices[i...], j...]: rows of the table, whose number the indices are
 * below. An op of the tensor, the integer and the circuit level alike, as views are; unlike theirs,
 * its moves depend on elements, so the indices are public at the circuit level.
 */
@Describes("the rows of a table that public indices name")
public record Gather(Value result, Value table, Value indices, Location location)
    implements TensorOp, IntegerOp, CircuitOp {

  /**
   * The type that the operands give: the table's elements.
   *
   * @throws IllegalArgumentException with one sentence when operands do not fit
   */
  public Type infer() {
    Shape rows = table.shape();
    require(rows.rank() >= 1, "%s has no axis of rows", table);
    List<Integer> extents = new ArrayList<>(indices.shape().extents());
    extents.addAll(rows.extents().subList(1, rows.rank()));
    Shape shape = new Shape(extents);
    return switch (table.type()) {
      case TensorType t -> {
        require(
            !indices.tensorType().dtype().isFloating(),
            "the indices %s must be integers, they are %s",
            indices,
            indices.tensorType().dtype().text());
        yield new TensorType(t.dtype(), shape);
      }
      case IntegerType t -> {
        requireRows(Interval.of(indices.integerType()), rows.extent(0));
        require(
            indices.integerType().isOfScale(1),
            "the indices %s must have scale 1, it is %s",
            indices,
            indices.integerType().scale());
        yield t.withShape(shape);
      }
      case ColumnType t -> {
        if (!(indices.type() instanceof ColumnType i) || i.kind() != ColumnType.Kind.PUBLIC) {
          throw new IllegalArgumentException(
              "the indices %s must be a public column".formatted(indices));
        }
        requireRows(Interval.of(i), rows.extent(0));
        yield new ColumnType(ColumnType.Kind.VIRTUAL, shape, t.low(), t.high());
      }
      case SpectrumType _ ->
          throw new IllegalArgumentException(table + " is a spectrum, it must be a column");
      case TorchType _ ->
          throw new IllegalArgumentException("no gather has operands of torch types");
    };
  }

  private void requireRows(Interval interval, int rows) {
    require(
        interval.low() >= 0 && interval.high() < rows,
        "the indices %s reach [%d, %d], the table has %d rows",
        indices,
        interval.low(),
        interval.high(),
        rows);
  }

  /**
   * Copies the rows.
   *
   * @param elements an array of the table's elements, row-major
   * @param index the row of each index, in order
   * @param out an array of the result's size
   * @param <A> the array type
   * @throws IndexOutOfBoundsException when there is no such row
   */
  public <A> A rows(A elements, IntUnaryOperator index, A out) {
    int rows = table.shape().extent(0);
    int size = rows == 0 ? 0 : Math.toIntExact(table.shape().elementCount() / rows);
    int count = Math.toIntExact(indices.shape().elementCount());
    for (int k = 0; k < count; k++) {
      int row = index.applyAsInt(k);
      if (row < 0 || row >= rows) {
        throw new IndexOutOfBoundsException("index %d of a table of %d rows".formatted(row, rows));
      }
      // The one copy that serves arrays of every element type.
      System.arraycopy(elements, row * size, out, k * size, size);
    }
    return out;
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
