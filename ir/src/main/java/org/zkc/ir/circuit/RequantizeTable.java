package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * {@link Requantize} through any function: result = entries[h - first] (i32, rank 1), the entries
 * covering every h that the operand's interval allows. Ops whose first and entries are equal share
 * one table.
 */
@Describes("(x + half) >> shift through a table of entries; committed")
public record RequantizeTable(
    Value result,
    Value input,
    int shift,
    List<Integer> limbs,
    long first,
    TensorData entries,
    Location location)
    implements CommittedOp {
  public RequantizeTable {
    limbs = List.copyOf(limbs);
  }
}
