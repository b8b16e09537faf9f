package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.Value;

/**
 * {@code for i in range(count)}: the body's first parameter is the index, the others are
 * loop-carried.
 */
@Describes("loop over range(count) with carried values")
public record For(
    List<Value> results, Value count, List<Value> initial, Region body, Location location)
    implements TorchOp {}
