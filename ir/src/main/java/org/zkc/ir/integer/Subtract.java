package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise left - right, same shape, one scale. */
@Describes("left - right, elementwise, one scale")
public record Subtract(Value result, Value left, Value right, Location location)
    implements IntegerOp {}
