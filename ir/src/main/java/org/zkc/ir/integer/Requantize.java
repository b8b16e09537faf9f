package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * clamp((x + half) >> shift, low, high) with half = 2^(shift-1), or 0 when shift = 0: round half
 * up, then saturate.
 */
@Describes(
    "clamp((x + half) >> shift, low, high), half = 2^(shift-1): round half up, then saturate")
public record Requantize(
    Value result, Value input, int shift, long low, long high, Location location)
    implements IntegerOp {}
