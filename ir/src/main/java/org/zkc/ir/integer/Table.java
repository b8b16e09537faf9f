package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** entries[clamp(x, first, first + n - 1) - first], n the number of entries (i32, rank 1). */
@Describes("entries[clamp(x) - first]: any function of one integer")
public record Table(Value result, Value input, long first, TensorData entries, Location location)
    implements IntegerOp {}
