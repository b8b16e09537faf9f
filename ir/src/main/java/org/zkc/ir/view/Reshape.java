package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/** The same elements, row-major, in the result type's shape. */
@Describes("the same elements in the result's shape")
public record Reshape(Value result, Value input, Location location) implements UnaryView {
  @Override
  public Shape shape() {
    return Shapes.reshape(input.shape(), result.shape());
  }

  @Override
  public List<Move> moves() {
    return Move.gather(result.shape(), 0, result.shape().strides());
  }
}
