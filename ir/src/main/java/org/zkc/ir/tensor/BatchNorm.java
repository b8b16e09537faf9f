package org.zkc.ir.tensor;

import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Inference batch norm over axis 1: (x - mean) / sqrt(variance + epsilon) * weight + bias, all four
 * [C].
 */
@Describes("(x - mean) / sqrt(variance + epsilon) * weight + bias, per index on axis 1")
public record BatchNorm(
    Value result,
    Value input,
    Optional<Value> weight,
    Optional<Value> bias,
    Value mean,
    Value variance,
    double epsilon,
    Location location)
    implements TensorOp {}
