package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** exp(x - max) / sum over one axis. */
@Describes("exp(x - max) / sum over one axis")
public record Softmax(Value result, Value input, int axis, Location location) implements TensorOp {}
