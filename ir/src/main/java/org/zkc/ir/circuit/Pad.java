package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Constant padding, low and high per axis. */
@Describes("padding with a constant")
public record Pad(
    Value result, Value input, List<Integer> low, List<Integer> high, long value, Location location)
    implements CircuitOp {}
