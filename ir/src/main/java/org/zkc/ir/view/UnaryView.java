package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Factor;
import org.zkc.ir.Value;

/** A view of one operand. */
public sealed interface UnaryView extends View, Factor.MovingOp
    permits Reshape, Transpose, Slice, Pad, Broadcast {
  @Override
  Value input();

  @Override
  default List<Value> operands() {
    return List.of(input());
  }
}
