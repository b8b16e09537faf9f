package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Factor;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Integers of the model. */
@Describes("integers of the model, mantissa << shift of the index on axis 0")
public record Parameter(Value result, String name, IntegerWeights weights, Location location)
    implements IntegerOp, Factor.ModelOp {}
