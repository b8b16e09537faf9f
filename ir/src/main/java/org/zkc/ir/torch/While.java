package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.Value;

/**
 * {@code while condition: body}: loop-carried values enter and leave in order; the body's first
 * result is the next condition.
 */
@Describes("loop while a condition holds, with carried values")
public record While(
    List<Value> results, Value condition, List<Value> initial, Region body, Location location)
    implements TorchOp {}
