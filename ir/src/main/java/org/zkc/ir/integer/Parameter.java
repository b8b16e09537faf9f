package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * Integers of the model: element = data << channelShifts[index on axis 0] (an empty list means no shifts).
 */
public record Parameter(
    Value result,
    String name,
    TensorData data,
    List<Integer> channelShifts,
    Location location)
    implements IntegerOp {}
