package org.zkc.ir.tensor;

import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Elementwise left / right; both operands have the result's shape.
 */
public record Divide(
    Value result,
    Value left,
    Value right,
    Location location)
    implements TensorOp {}
