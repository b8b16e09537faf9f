package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * floor((2^(bits+1) n + d) / (2 d)) for 0 <= n <= d, d > 0: n / d as a fixed-point fraction of
 * {@code bits} bits, rounded half up.
 */
@Describes("n / d in units of 2^-bits, rounded half up, for 0 <= n <= d")
public record RoundedQuotient(
    Value result, Value numerator, Value denominator, int bits, Location location)
    implements IntegerOp {}
