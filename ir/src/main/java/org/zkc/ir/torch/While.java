package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.Value;

/**
 * {@code while condition: body}: loop-carried values enter and leave in order; the body's first result is the next condition.
 */
public record While(
    List<Value> results,
    Value condition,
    List<Value> initial,
    Region body,
    Location location)
    implements TorchOp {}
