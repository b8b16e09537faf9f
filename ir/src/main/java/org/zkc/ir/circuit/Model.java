package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** A tensor of the model commitment: element = data << channelShifts[index on axis 0]. */
@Describes("column of the model commitment, data << channelShifts[index on axis 0]")
public record Model(
    Value result, String name, TensorData data, List<Integer> channelShifts, Location location)
    implements CircuitOp {}
