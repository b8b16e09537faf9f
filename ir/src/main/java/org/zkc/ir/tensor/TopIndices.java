package org.zkc.ir.tensor;

import org.zkc.ir.DType;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** The indices of the k largest elements along an axis. */
@Describes("indices of the k largest elements along an axis, the lowest of equal ones first")
public record TopIndices(Value result, Value input, int axis, int k, Location location)
    implements TopK {
  @Override
  public DType dtype() {
    return DType.I64;
  }
}
