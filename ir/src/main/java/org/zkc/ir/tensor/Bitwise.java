package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** A function of the bits of two integers in two's complement. */
@Describes("and, or, or exclusive or of the bits of integers")
public record Bitwise(
    Value result, Value left, Value right, BitOperation operation, Location location)
    implements IntegerBinary {

  @Override
  public long apply(long left, long right) {
    return operation.of(left, right);
  }
}
