package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** A list literal. */
@Describes("list literal")
public record ListConstruct(Value result, List<Value> elements, Location location)
    implements TorchOp {}
