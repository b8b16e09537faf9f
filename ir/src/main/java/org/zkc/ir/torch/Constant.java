package org.zkc.ir.torch;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * An int, float, bool, str, None or device literal; {@code literal} is its text in the dialect
 * ({@code 1.0}, {@code True}, {@code "cpu"}).
 */
@Describes("literal: int, float, bool, str, None or device")
public record Constant(Value result, String literal, Location location) implements TorchOp {}
