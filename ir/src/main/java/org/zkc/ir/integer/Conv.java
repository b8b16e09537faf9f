package org.zkc.ir.integer;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Exact integer convolution plus bias; geometry as {@link org.zkc.ir.tensor.Conv}. */
@Describes("exact convolution plus bias")
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
    implements IntegerOp {}
