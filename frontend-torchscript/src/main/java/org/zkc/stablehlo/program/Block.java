package org.zkc.stablehlo.program;

import java.util.List;

/**
 * Operations in order, the last of which returns. Values of the blocks around it are visible in a
 * block, but for the body of a function.
 */
public record Block(List<HloValue> arguments, List<Operation> operations) {
  public Block {
    arguments = List.copyOf(arguments);
    operations = List.copyOf(operations);
  }
}
