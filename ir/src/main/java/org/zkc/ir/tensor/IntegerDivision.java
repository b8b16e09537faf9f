package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** Quotients or remainders of integers. A division by 0 has no result. */
@Describes("quotients or remainders of integers, rounded down or towards zero")
public record IntegerDivision(
    Value result, Value left, Value right, DivisionPart part, Location location)
    implements IntegerBinary {

  @Override
  public long apply(long left, long right) {
    return part.of(left, right);
  }
}
