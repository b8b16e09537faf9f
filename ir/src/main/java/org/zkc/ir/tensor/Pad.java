package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Constant padding, low and high per axis (not negative). */
@Describes("padding with a constant")
public record Pad(
    Value result,
    Value input,
    List<Integer> low,
    List<Integer> high,
    double value,
    Location location)
    implements View {}
