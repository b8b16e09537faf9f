package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * y[..., t, o] = sum_i left[..., t, i] right[..., o, i], as {@link Linear} with a right factor that
 * need not be constant. Right has the same leading axes as left, or none: [O, I].
 */
@Describes("x y^T over the last axis of both, under the same leading axes")
public record MatMul(Value result, Value left, Value right, Location location)
    implements TensorOp {}
