package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.Value;

/**
 * Both arms yield as many values as there are results; an arm that raises is an assertion. Where
 * the condition is a tensor of one truth value, the arms compute tensors and do nothing else, so
 * that both may be computed and their results chosen from.
 */
@Describes("conditional; an arm that raises is an assertion")
public record If(
    List<Value> results, Value condition, Region then, Region otherwise, Location location)
    implements TorchOp {}
