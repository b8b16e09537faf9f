package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** floor((2^(bits+1) + x) / (2 x)) for 1 <= x < 2^20; the last axis has extent 1; committed. */
@Describes("2^bits / x, rounded half up; committed")
public record Reciprocal(Value result, Value input, int bits, Location location)
    implements CommittedOp {}
