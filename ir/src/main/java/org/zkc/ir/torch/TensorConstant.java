package org.zkc.ir.torch;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * A tensor of the archive: a parameter or buffer by its qualified attribute name, or {@code
 * CONSTANTS.cN}.
 */
@Describes("parameter, buffer or constant tensor of the archive")
public record TensorConstant(Value result, String name, TensorData data, Location location)
    implements TorchOp {}
