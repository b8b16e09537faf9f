package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * constant + sum_k coefficients[k] inputs[k], elementwise on the real index set; all of the
 * result's shape.
 */
@Describes("constant + sum of coefficients times columns")
public record Sum(
    Value result, List<Value> inputs, List<Long> coefficients, long constant, Location location)
    implements CircuitOp {}
