package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * h = (x + half) >> shift with half = 2^(shift-1), 0 when shift is 0; result = min(max(h, low),
 * high), looked up in the table of that function on [first, first + size), which covers every h
 * that the operand's interval allows. {@code limbs} are the bits of the range tables that the
 * remainder is split over, least significant first; their sum is shift. Ops whose first, size, low
 * and high are equal share one table.
 */
@Describes("(x + half) >> shift through a clamp table: two lookups; committed")
public record Requantize(
    Value result,
    Value input,
    int shift,
    List<Integer> limbs,
    long first,
    int size,
    long low,
    long high,
    Location location)
    implements CommittedOp {
  public Requantize {
    limbs = List.copyOf(limbs);
  }
}
