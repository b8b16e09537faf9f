package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * The numerators of a softmax: entries[min((m - x) >> shift, n - 1)], where m is the greatest
 * element of x along the axis, n the number of entries (i32, rank 1), and the shift rounds down.
 * Entry 0 is what the greatest element gets.
 */
@Describes("entries[(max along an axis - x) >> shift], the last one for all beyond it")
public record Exponentials(
    Value result, Value input, int axis, int shift, TensorData entries, Location location)
    implements IntegerOp {}
