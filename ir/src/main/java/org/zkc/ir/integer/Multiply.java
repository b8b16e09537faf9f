package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise product of two non-constant tensors of the same shape. */
@Describes("left * right, elementwise")
public record Multiply(Value result, Value left, Value right, Location location)
    implements IntegerOp {}
