package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** result[j] = factors[j] * sum of input[starts[j] .. starts[j] + lengths[j]) along one axis. */
@Describes("factors[j] times the sum over window j of one axis")
public record WindowSum(
    Value result,
    Value input,
    int axis,
    List<Integer> starts,
    List<Integer> lengths,
    List<Integer> factors,
    Location location)
    implements CircuitOp {}
