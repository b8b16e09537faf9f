package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Convolution of [N, C, H, W] with model weights [O, C / groups, kh, kw] (docs/protocol.md section
 * 5.5).
 */
@Describes("convolution with model weights: one relation")
public record Conv(
    Value result,
    Value input,
    Value weight,
    List<Integer> strides,
    List<Integer> paddingLow,
    List<Integer> paddingHigh,
    List<Integer> dilations,
    int groups,
    Location location)
    implements SumOfProducts {}
