package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * h = (x + half) >> shift; result = entries[h - first]; the entries cover every h that the operand's interval allows.
 * {@code limbs} are the bits of the range tables that the remainder is split over, least significant first; their sum is shift.
 * {@code table} names the table: ops with equal names share it.
 */
public record Requantize(
    Value result,
    Value input,
    int shift,
    List<Integer> limbs,
    String table,
    long first,
    TensorData entries,
    Location location)
    implements CircuitOp {}
