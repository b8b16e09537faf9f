package org.zkc.ir.tensor;

import org.zkc.ir.Value;

/**
 * An op whose result holds elements of its input (and constants) at other positions, and nothing
 * computed.
 */
public sealed interface View extends TensorOp permits Reshape, Transpose, Slice, Pad, Broadcast {
  Value result();

  Value input();
}
