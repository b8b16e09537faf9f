package org.zkc.passes.torch;

/** Lowers one call of a torch operator: emits tensor ops, or computes on the host. */
@FunctionalInterface
interface OperatorLowering {

  /**
   * Returns the operator's result; for an operator with several results a tuple of them.
   *
   * @throws org.zkc.ir.UserException at the call's location for arguments that cannot be proved
   */
  TorchValue lower(OperatorCall call);
}
