package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** result[j] = input[starts + j * strides] per axis, limits exclusive. */
@Describes("elements starts + j strides below limits, per axis")
public record Slice(
    Value result,
    Value input,
    List<Integer> starts,
    List<Integer> limits,
    List<Integer> strides,
    Location location)
    implements View {}
