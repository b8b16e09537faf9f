package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** A call of another function of the program, bound by its definition. */
@Describes("call of another function of the program")
public record Call(List<Value> results, String callee, List<Value> arguments, Location location)
    implements TorchOp {}
