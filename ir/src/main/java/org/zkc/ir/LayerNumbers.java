package org.zkc.ir;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.tensor.Constant;

/**
 * Numbers the layers of a tensor-level program: each op of main but the constants gets the next
 * number, from 1, in its location. Lowerings and passes hand locations on, so that what became of a
 * layer is found again at every level by its number, also where one source line stands for many
 * layers.
 */
public final class LayerNumbers {
  private LayerNumbers() {}

  /** The same program, with the same values. */
  public static Program number(Program tensor) {
    if (tensor.level() != Level.TENSOR) {
      throw new IllegalArgumentException(
          "layers are numbered at the tensor level, not at the "
              + tensor.level().text()
              + " level");
    }
    Function main = tensor.main();
    List<Op> body = new ArrayList<>();
    int layers = 0;
    for (Op op : main.body()) {
      body.add(op instanceof Constant ? op : located(op, op.location().withLayer(++layers)));
    }
    Region region = new Region(main.parameters(), body, main.results());
    return Program.of(Level.TENSOR, new Function(main.name(), region, main.location()));
  }

  private static Op located(Op op, Location location) {
    OpSpec spec = OpSpec.of(op);
    return spec.create(
        spec.components().stream()
            .map(c -> c.role() == OpSpec.Role.LOCATION ? location : c.get(op))
            .toArray());
  }
}
