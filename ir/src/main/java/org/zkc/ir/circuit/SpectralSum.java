package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Sum of spectra over one batch axis, whose extent becomes 1. */
@Describes("sum of spectra over one batch axis")
public record SpectralSum(Value result, Value input, int axis, Location location)
    implements CircuitOp {}
