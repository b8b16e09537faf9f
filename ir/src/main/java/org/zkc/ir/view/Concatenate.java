package org.zkc.ir.view;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;

/** Inputs of one element type or scale, joined along an axis. */
@Describes("inputs joined along an axis")
public record Concatenate(Value result, List<Value> inputs, int axis, Location location)
    implements View {
  public Concatenate {
    inputs = List.copyOf(inputs);
  }

  @Override
  public List<Value> operands() {
    return inputs;
  }

  @Override
  public Shape shape() {
    return Shapes.concatenate(inputs.stream().map(Value::shape).toList(), axis);
  }

  @Override
  public List<Move> moves() {
    List<Move> out = new ArrayList<>();
    List<Integer> low = new ArrayList<>(Collections.nCopies(result.shape().rank(), 0));
    for (int k = 0; k < inputs.size(); k++) {
      Shape shape = inputs.get(k).shape();
      out.add(Move.scatter(k, shape, result.shape(), low));
      low.set(axis, low.get(axis) + shape.extent(axis));
    }
    return out;
  }
}
