package org.zkc.passes.tensor;

import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Reshape;

/**
 * Chosen rows of tensors that stand side by side are the chosen rows of each, side by side.
 *
 * <pre>
 *   gather(concatenate(x, y), i) = concatenate(gather(x, i), gather(y, i))            where rows are whole
 *   gather(reshape(concatenate(x, y)), i)  likewise, where the reshape keeps the axis
 * </pre>
 *
 * A detector joins boxes and scores to choose the best of both. Apart, each is chosen from at a
 * scale of its own, and they meet where nothing but outputs reads them.
 */
public final class SinkConcatenations extends TensorRewrite {
  public SinkConcatenations() {
    super(
        "sink-concatenations",
        "Chooses rows of the parts of a concatenation instead of rows of the whole.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof Gather gather)) {
      return false;
    }
    Value table = gather.table();
    Value whole =
        scope.definition(table).orElse(null) instanceof Reshape reshape ? reshape.input() : table;
    if (!(scope.definition(whole).orElse(null) instanceof Concatenate joined)) {
      return false;
    }
    int axis = axis(table.shape(), whole.shape(), joined.axis());
    if (axis < 1 || table.shape().elementCount() == 0) {
      return false;
    }
    Shape result = gather.result().shape();
    int moved = gather.indices().shape().rank() + axis - 1;
    List<Value> chosen =
        joined.inputs().stream()
            .map(part -> {
              int extent = part.shape().extent(joined.axis());
              Value own = shaped(part, table.shape().with(axis, extent), gather, scope);
              TensorType type =
                  new TensorType(gather.result().tensorType().dtype(), result.with(moved, extent));
              return scope.value(
                  new Gather(
                      scope.fresh(gather.result().name(), type),
                      own,
                      gather.indices(),
                      gather.location()));
            })
            .toList();
    scope.define(new Concatenate(gather.result(), chosen, moved, gather.location()));
    return true;
  }

  /** The axis of a reshape along which the parts stand, or -1. */
  private static int axis(Shape to, Shape from, int axis) {
    return IntStream.range(0, to.rank())
        .filter(k -> to.extent(k) == from.extent(axis) && to.strides()[k] == from.strides()[axis])
        .findFirst()
        .orElse(-1);
  }

  private static Value shaped(Value value, Shape shape, Gather gather, Scope scope) {
    if (value.shape().equals(shape)) {
      return value;
    }
    TensorType type = new TensorType(value.tensorType().dtype(), shape);
    return scope.value(new Reshape(scope.fresh(value.name(), type), value, gather.location()));
  }
}
