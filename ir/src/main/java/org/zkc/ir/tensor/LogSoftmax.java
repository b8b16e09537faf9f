package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x - max - log(sum exp(x - max)) over one axis. */
@Describes("logarithm of the softmax over one axis")
public record LogSoftmax(Value result, Value input, int axis, Location location)
    implements TensorOp {}
