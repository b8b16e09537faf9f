package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * y[..., t, o] = sum_i left[..., t, i] right[..., o, i]. Right has the same leading axes as left,
 * or none: [O, I]. The scale is the product of the scales.
 */
@Describes("x y^T over the last axis of both, under the same leading axes")
public record MatMul(Value result, Value left, Value right, Location location)
    implements IntegerOp {}
