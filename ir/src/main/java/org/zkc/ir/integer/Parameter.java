package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * Integers of the model: element = data << channelShifts[index on axis 0] (an empty list means no
 * shifts).
 */
@Describes("integers of the model, data << channelShifts[index on axis 0]")
public record Parameter(
    Value result, String name, TensorData data, List<Integer> channelShifts, Location location)
    implements IntegerOp {}
