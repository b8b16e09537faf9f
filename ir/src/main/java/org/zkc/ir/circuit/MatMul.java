package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** y[..., o] = sum_i x[..., i] w[o, i] with model weights (Thaler's matrix-product check). */
@Describes("x w^T with model weights: one relation (Thaler)")
public record MatMul(Value result, Value input, Value weight, Location location)
    implements CircuitOp {}
