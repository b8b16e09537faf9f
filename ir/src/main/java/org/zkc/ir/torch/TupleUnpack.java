package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * All elements of a tuple or of a list of known length.
 */
public record TupleUnpack(
    List<Value> results,
    Value tuple,
    Location location)
    implements TorchOp {}
