package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** A tuple. */
@Describes("tuple")
public record TupleConstruct(Value result, List<Value> elements, Location location)
    implements TorchOp {}
