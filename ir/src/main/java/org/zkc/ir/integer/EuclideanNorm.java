package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * floor(sqrt(constant + sum of squares over the last axis)), the last axis of the result having
 * extent 1. The constant is at least 1, in squared units of the input, whose scale the result has.
 */
@Describes("floor(sqrt(constant + sum of squares over the last axis)), which stays with extent 1")
public record EuclideanNorm(Value result, Value input, long constant, Location location)
    implements IntegerOp {}
