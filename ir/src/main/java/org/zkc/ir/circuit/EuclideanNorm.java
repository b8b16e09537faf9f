package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * floor(sqrt(constant + sum of squares over the last axis)), the last axis of the result having
 * extent 1; committed. The element of channel i of the last axis is multiplied by 2^exponents[i]
 * before it is squared.
 *
 * @param exponents one per channel, from 0 on; none means that all are 0
 */
@Describes("floor(sqrt(constant + sum of squares over the last axis)); committed")
public record EuclideanNorm(
    Value result, Value input, long constant, List<Integer> exponents, Location location)
    implements CommittedOp {
  public EuclideanNorm {
    exponents = List.copyOf(exponents);
  }
}
