package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise; both operands have the result's shape. */
@Describes("left * right, elementwise")
public record Multiply(Value result, Value left, Value right, Location location)
    implements TensorOp {}
