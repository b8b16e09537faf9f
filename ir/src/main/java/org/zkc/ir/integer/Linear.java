package org.zkc.ir.integer;

import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * y[..., o] = sum_i x[..., i] w[o, i] + b[o], exact.
 */
public record Linear(
    Value result,
    Value input,
    Value weight,
    Optional<Value> bias,
    Location location)
    implements IntegerOp {}
