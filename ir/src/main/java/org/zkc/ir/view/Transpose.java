package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/** result axis k is input axis permutation[k]. */
@Describes("result axis k is input axis permutation[k]")
public record Transpose(Value result, Value input, List<Integer> permutation, Location location)
    implements UnaryView {
  @Override
  public Shape shape() {
    return Shapes.transpose(input.shape(), permutation);
  }

  @Override
  public List<Move> moves() {
    long[] strides = input.shape().strides();
    return Move.gather(
        result.shape(), 0, permutation.stream().mapToLong(axis -> strides[axis]).toArray());
  }
}
