package org.zkc.ir.torch;

import org.zkc.ir.Location;

/**
 * An exception of the user's model.
 */
public record Raise(
    String message,
    Location location)
    implements TorchOp {}
