package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Elementwise maximum of 2 to 4 columns of the same shape; committed. */
@Describes("elementwise maximum of 2 to 4 columns; committed")
public record Max(Value result, List<Value> inputs, Location location) implements CommittedOp {}
