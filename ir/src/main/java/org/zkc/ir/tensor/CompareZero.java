package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Whether each element, a real number or an integer, is in a relation to 0: a comparison of two
 * tensors is that of their difference. The result is boolean.
 */
@Describes("whether each element is less than, equal to or greater than 0")
public record CompareZero(Value result, Value input, Comparison comparison, Location location)
    implements TensorOp {}
