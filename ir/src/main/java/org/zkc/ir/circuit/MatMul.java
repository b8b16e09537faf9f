package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * y[..., t, o] = sum_i left[..., t, i] right[..., o, i] (Thaler's matrix-product check). Right has
 * the same leading axes as left, or none: [O, I]. Either may be a model column.
 */
@Describes("x y^T over the last axis of both: one relation (Thaler)")
public record MatMul(Value result, Value left, Value right, Location location)
    implements SumOfProducts {}
