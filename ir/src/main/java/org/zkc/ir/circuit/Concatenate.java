package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Inputs joined along an axis. The same as a sum of zero-padded inputs, but its interval is the
 * hull of theirs.
 */
@Describes("inputs joined along an axis")
public record Concatenate(Value result, List<Value> inputs, int axis, Location location)
    implements CircuitOp {
  public Concatenate {
    inputs = List.copyOf(inputs);
  }
}
