package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Inputs joined along an axis. */
@Describes("inputs joined along an axis")
public record Concatenate(Value result, List<Value> inputs, int axis, Location location)
    implements TensorOp {}
