package org.zkc.passes.torch;

import java.util.Objects;

/**
 * A row of the operator table.
 *
 * @param name as at the torch level, {@code aten.conv2d}; all overloads
 * @param becomes the tensor ops it is lowered to, or {@code host} when it is computed while
 *     compiling
 * @param remarks what is restricted; empty for nothing
 */
record TorchOperator(String name, String becomes, String remarks, OperatorLowering lowering) {
  TorchOperator {
    Objects.requireNonNull(name);
    Objects.requireNonNull(becomes);
    Objects.requireNonNull(remarks);
    Objects.requireNonNull(lowering);
  }

  TorchOperator(String name, String becomes, OperatorLowering lowering) {
    this(name, becomes, "", lowering);
  }
}
