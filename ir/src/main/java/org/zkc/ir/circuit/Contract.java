package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Sums of products of two columns, either of which may be the model's: convolutions, linear maps
 * and matrix products in one form, written in the notation of {@link Contraction}. Passes turn it
 * into the relation that proves it, or into products and sums.
 */
@Describes("sums of products of two columns by indices, as einsum with windows")
public record Contract(
    Value result, Value left, Value right, String indices, List<Integer> extents, Location location)
    implements CircuitOp {

  /**
   * The indices as read.
   *
   * @throws IllegalArgumentException with one sentence when they are not well formed
   */
  public Contraction contraction() {
    return Contraction.of(indices, extents);
  }
}
