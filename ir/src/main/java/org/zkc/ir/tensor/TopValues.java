package org.zkc.ir.tensor;

import org.zkc.ir.DType;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** The k largest elements along an axis, in descending order. */
@Describes("the k largest elements along an axis, in descending order")
public record TopValues(Value result, Value input, int axis, int k, Location location)
    implements TopK {
  @Override
  public DType dtype() {
    return input.tensorType().dtype();
  }
}
