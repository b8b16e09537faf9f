package org.zkc.ir.tensor;

import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** y[..., o] = sum_i x[..., i] w[o, i] + b[o]; input [..., I], weight [O, I], bias [O]. */
@Describes("x w^T + bias over the last axis")
public record Linear(
    Value result, Value input, Value weight, Optional<Value> bias, Location location)
    implements TensorOp {}
