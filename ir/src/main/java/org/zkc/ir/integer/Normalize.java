package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * x r, where y = floor(sqrt(constant + sum of squares of x over the last axis)) and r = floor((2^29
 * + y) / (2 y)): x / y in units of 2^-28, up to the rounding of r. No element exceeds 2^28 + y / 2.
 *
 * <p>The x of channel i of the last axis is the input's element times 2^exponents[i], so that
 * channels of different ranges are integers of few bits.
 *
 * @param exponents one per channel, from 0 on; none means that all are 0
 */
@Describes("x over its Euclidean norm along the last axis, in units of 2^-28")
public record Normalize(
    Value result, Value input, long constant, List<Integer> exponents, Location location)
    implements IntegerOp {
  public Normalize {
    exponents = List.copyOf(exponents);
  }

  /** The reciprocal of the norm is in units of 2^-BITS. */
  public static final int BITS = 28;
}
