package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/** NumPy broadcasting to the result type's shape: axes align at the right, extent 1 repeats. */
@Describes("NumPy broadcasting to the result's shape")
public record Broadcast(Value result, Value input, Location location) implements UnaryView {
  @Override
  public Shape shape() {
    return Shapes.broadcastTo(input.shape(), result.shape());
  }

  @Override
  public List<Move> moves() {
    Shape from = input.shape();
    long[] strides = from.strides();
    int added = result.shape().rank() - from.rank();
    long[] steps = new long[result.shape().rank()];
    for (int axis = 0; axis < from.rank(); axis++) {
      steps[added + axis] = from.extent(axis) == 1 ? 0 : strides[axis];
    }
    return Move.gather(result.shape(), 0, steps);
  }
}
