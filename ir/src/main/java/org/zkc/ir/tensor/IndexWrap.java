package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Indices of an axis of {@code extent} elements, negative ones counted from its end: x + extent
 * where x is negative, else x. An index outside [-extent, extent) has no result.
 */
@Describes("indices of an axis, negative ones counted from its end")
public record IndexWrap(Value result, Value input, int extent, Location location)
    implements Elementwise {

  @Override
  public double apply(double x) {
    return x < 0 ? x + extent : x;
  }

  @Override
  public void requireFunction() {
    if (extent < 1) {
      throw new IllegalArgumentException("an axis of %d elements".formatted(extent));
    }
    if (input.tensorType().dtype().isFloating()) {
      throw new IllegalArgumentException("%s must have integer elements".formatted(input));
    }
  }
}
