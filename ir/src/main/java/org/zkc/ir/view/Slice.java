package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/** result[j] = input[starts + j * strides] per axis, limits exclusive. */
@Describes("elements starts + j strides below limits, per axis")
public record Slice(
    Value result,
    Value input,
    List<Integer> starts,
    List<Integer> limits,
    List<Integer> strides,
    Location location)
    implements UnaryView {
  @Override
  public Shape shape() {
    return Shapes.slice(input.shape(), starts, limits, strides);
  }

  @Override
  public List<Move> moves() {
    long[] steps = input.shape().strides();
    long from = 0;
    for (int axis = 0; axis < steps.length; axis++) {
      from += starts.get(axis) * steps[axis];
      steps[axis] *= strides.get(axis);
    }
    return Move.gather(result.shape(), from, steps);
  }
}
