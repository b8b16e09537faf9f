package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** All elements of a tuple or of a list of known length. */
@Describes("elements of a tuple or list")
public record TupleUnpack(List<Value> results, Value tuple, Location location) implements TorchOp {}
