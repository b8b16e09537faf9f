package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** floor((2^(bits+1) n + d) / (2 d)) in [low, high] for d > 0, same shapes; committed. */
@Describes("n / d in units of 2^-bits, rounded half up, in [low, high]; committed")
public record RoundedQuotient(
    Value result,
    Value numerator,
    Value denominator,
    int bits,
    long low,
    long high,
    Location location)
    implements CommittedOp {}
