package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** The same transforms, row-major, under the batch axes of the result type's shape. */
@Describes("the same transforms under other batch axes")
public record SpectralReshape(Value result, Value input, Location location) implements CircuitOp {}
