package org.zkc.ir.torch;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;

/** An exception of the user's model. */
@Describes("exception of the model")
public record Raise(String message, Location location) implements TorchOp {}
