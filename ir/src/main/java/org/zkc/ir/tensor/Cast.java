package org.zkc.ir.tensor;

import org.zkc.ir.DType;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * The integers or booleans of a tensor in another element type, as they are: true is 1, and what is
 * not 0 is true. Real numbers become integers towards zero, or the nearest that the type holds. An
 * integer that the type does not hold has no result.
 *
 * @param dtype the result's element type; f32 of the floating-point ones
 */
@Describes("integers or booleans in another element type; real numbers as integers towards zero")
public record Cast(Value result, Value input, DType dtype, Location location) implements TensorOp {}
