package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * result[j] = max of input[j * stride + t * dilation - paddingLow], t < size, over indices inside
 * the axis.
 */
@Describes("maximum over windows of one axis; padding never wins")
public record WindowMax(
    Value result,
    Value input,
    int axis,
    int size,
    int stride,
    int dilation,
    int paddingLow,
    Location location)
    implements IntegerOp {}
