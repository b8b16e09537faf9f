package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** result axis k is input axis permutation[k]. */
@Describes("result axis k is input axis permutation[k]")
public record Transpose(Value result, Value input, List<Integer> permutation, Location location)
    implements View {}
