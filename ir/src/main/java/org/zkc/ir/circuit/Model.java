package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Factor;
import org.zkc.ir.Location;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;

/** A tensor of the model commitment. */
@Describes("column of the model commitment, mantissa << shift of the index on axis 0")
public record Model(Value result, String name, IntegerWeights weights, Location location)
    implements CircuitOp, Factor.ModelOp {}
