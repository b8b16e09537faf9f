package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Factor;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Axis of extent n becomes two, [positions, taps]: result[p, t] = input[p * stride + t * dilation -
 * paddingLow], 0 outside.
 */
@Describes("one axis becomes [positions, taps]: windows laid out")
public record Unfold(
    Value result,
    Value input,
    int axis,
    int positions,
    int taps,
    int stride,
    int dilation,
    int paddingLow,
    Location location)
    implements CircuitOp, Factor.MovingOp {}
