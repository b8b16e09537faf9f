package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Inputs of one scale joined along an axis. */
@Describes("inputs of one scale joined along an axis")
public record Concatenate(Value result, List<Value> inputs, int axis, Location location)
    implements IntegerOp {}
