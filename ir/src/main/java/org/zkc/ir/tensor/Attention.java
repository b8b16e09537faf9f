package org.zkc.ir.tensor;

import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * y[..., t, o] = sum_s p[..., t, s] values[..., o, s], with p the {@link Softmax} of the scores
 * over their last axis: the mean of the values under these weights, as one unit, so that the
 * weights themselves are never needed. Vaswani et al. 2017, section 3.2.1.
 *
 * @param scores [..., t, s]
 * @param mask i1, of the scores' shape; as that of {@link Softmax}
 * @param values [..., o, s], with the leading axes of the scores, or none: [o, s]
 */
@Describes("softmax of scores over the last axis, times values")
public record Attention(
    Value result, Value scores, Optional<Value> mask, Value values, Location location)
    implements TensorOp {}
