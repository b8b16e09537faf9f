package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise, same shape; both operands have one scale. */
@Describes("left + right, elementwise, one scale")
public record Add(Value result, Value left, Value right, Location location) implements IntegerOp {}
