package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** The same elements, row-major, in the result type's shape. */
@Describes("the same elements in the result's shape")
public record Reshape(Value result, Value input, Location location) implements IntegerOp {}
