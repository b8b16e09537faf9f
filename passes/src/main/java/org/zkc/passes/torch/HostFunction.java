package org.zkc.passes.torch;

import java.util.Optional;

/** An operator on values that are known while compiling. */
interface HostFunction {
  /** The result, or empty where an operand is of another kind than this function is for. */
  Optional<TorchValue> apply(OperatorCall call);
}
