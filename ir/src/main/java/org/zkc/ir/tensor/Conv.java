package org.zkc.ir.tensor;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Convolution over the last strides.size() (1 or 2) axes: input [N, C, ...], weight [O, C / groups,
 * ...], bias [O], zero padding. Cross-correlation, as torch.nn.functional.conv2d.
 */
@Describes("convolution (cross-correlation) in 1 or 2 dimensions plus bias, zero padding")
public record Conv(
    Value result,
    Value input,
    Value weight,
    Optional<Value> bias,
    List<Integer> strides,
    List<Integer> paddingLow,
    List<Integer> paddingHigh,
    List<Integer> dilations,
    int groups,
    Location location)
    implements TensorOp {}
