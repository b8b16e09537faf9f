package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** A parameter (by its qualified name) or a constant of the program (empty name). */
@Describes("parameter or constant")
public record Constant(Value result, String name, TensorData data, Location location)
    implements TensorOp {}
