package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * x r, where y = floor(sqrt(constant + sum of squares of x over the last axis)) and r = floor((2^29
 * + y) / (2 y)): x / y in units of 2^-28, up to the rounding of r. No element exceeds 2^28 + y / 2.
 */
@Describes("x over its Euclidean norm along the last axis, in units of 2^-28")
public record Normalize(Value result, Value input, long constant, Location location)
    implements IntegerOp {
  /** The reciprocal of the norm is in units of 2^-BITS. */
  public static final int BITS = 28;
}
