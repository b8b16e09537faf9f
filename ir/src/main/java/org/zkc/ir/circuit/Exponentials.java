package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * h = (m - x) >> shift, where m is the greatest element of x along the axis; result =
 * entries[min(h, n - 1)], n the number of entries, looked up in the table of that function on [0,
 * size), which covers every h that the operand's interval allows. {@code limbs} are the bits of the
 * range tables that the remainder is split over, least significant first; their sum is shift. The
 * axis has two elements at least. Ops whose size and entries are equal share one table.
 */
@Describes("table of (max along an axis - x) >> shift: two lookups; committed")
public record Exponentials(
    Value result,
    Value input,
    int axis,
    int shift,
    List<Integer> limbs,
    int size,
    TensorData entries,
    Location location)
    implements CommittedOp {
  public Exponentials {
    limbs = List.copyOf(limbs);
  }
}
