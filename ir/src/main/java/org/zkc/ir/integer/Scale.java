package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x times an integer constant. */
@Describes("x times an integer")
public record Scale(Value result, Value input, long factor, Location location)
    implements IntegerOp {}
