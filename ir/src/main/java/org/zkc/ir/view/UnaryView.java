package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Value;

/** A view of one operand. */
public sealed interface UnaryView extends View permits Reshape, Transpose, Slice, Pad, Broadcast {
  Value input();

  @Override
  default List<Value> operands() {
    return List.of(input());
  }
}
