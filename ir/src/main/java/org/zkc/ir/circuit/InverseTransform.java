package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Transform back from F[i], and of each plane the window that the result's last two extents say:
 * result[j] = plane[(starts + j strides) mod sizes] per axis, as integers in (-2^30, 2^30).
 */
@Describes("transform back from F[i], and a window of each plane")
public record InverseTransform(
    Value result, Value input, List<Integer> starts, List<Integer> strides, Location location)
    implements CircuitOp {
  public InverseTransform {
    starts = List.copyOf(starts);
    strides = List.copyOf(strides);
  }
}
