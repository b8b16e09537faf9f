package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** NumPy broadcasting to the result type's shape. */
@Describes("NumPy broadcasting to the result's shape")
public record Broadcast(Value result, Value input, Location location) implements IntegerOp {}
