package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * floor(sqrt(constant + sum of squares over the last axis)), the last axis of the result having
 * extent 1; committed.
 */
@Describes("floor(sqrt(constant + sum of squares over the last axis)); committed")
public record EuclideanNorm(Value result, Value input, long constant, Location location)
    implements CircuitOp {}
