package org.zkc.ir.integer;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * floor((2^(bits+1) n + d) / (2 d)) for d > 0: n / d as a fixed-point number of {@code bits} bits
 * behind the point, rounded half up, whatever the sign of n.
 *
 * @param low the least quotient of any run, in units of 2^-bits; the builder of the op ensures that
 *     no numerator and denominator that occur together give a smaller one
 * @param high the greatest quotient of any run
 */
@Describes("n / d in units of 2^-bits, rounded half up, in [low, high]")
public record RoundedQuotient(
    Value result,
    Value numerator,
    Value denominator,
    int bits,
    long low,
    long high,
    Location location)
    implements IntegerOp {}
