package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise product of two columns of the same shape. */
@Describes("elementwise product of two columns: one relation")
public record Product(Value result, Value left, Value right, Location location)
    implements CircuitOp {}
