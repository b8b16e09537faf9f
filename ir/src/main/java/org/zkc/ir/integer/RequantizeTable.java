package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** {@link Table} of (x + half) >> shift: requantisation and activation in one lookup. */
@Describes("table of (x + half) >> shift: requantisation and activation in one lookup")
public record RequantizeTable(
    Value result, Value input, int shift, long first, TensorData entries, Location location)
    implements IntegerOp {}
