package org.zkc.ir.view;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/**
 * Padding with a constant, low and high per axis (not negative).
 *
 * @param value a Double at the tensor level, a Long at the integer and circuit levels
 */
@Describes("padding with a constant")
public record Pad(
    Value result,
    Value input,
    List<Integer> low,
    List<Integer> high,
    Number value,
    Location location)
    implements UnaryView {
  public Pad {
    if (!(value instanceof Double) && !(value instanceof Long)) {
      throw new IllegalArgumentException("padding is a Double or a Long, got " + value);
    }
  }

  @Override
  public Shape shape() {
    return Shapes.pad(input.shape(), low, high);
  }

  @Override
  public List<Move> moves() {
    return List.of(Move.scatter(0, input.shape(), result.shape(), low));
  }

  @Override
  public Optional<Number> filler() {
    return low.stream().allMatch(n -> n == 0) && high.stream().allMatch(n -> n == 0)
        ? Optional.empty()
        : Optional.of(value);
  }
}
