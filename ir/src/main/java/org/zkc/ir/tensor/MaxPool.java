package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Maximum over windows of the last kernel.size() axes; padding never wins. Result extents are those
 * of the result type (ceil_mode adds to paddingHigh).
 */
@Describes("maximum over windows of the last axes; padding never wins")
public record MaxPool(
    Value result,
    Value input,
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> paddingLow,
    List<Integer> paddingHigh,
    List<Integer> dilations,
    Location location)
    implements TensorOp {}
