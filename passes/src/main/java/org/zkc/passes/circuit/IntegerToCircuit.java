package org.zkc.passes.circuit;

import org.zkc.ir.Program;
import org.zkc.passes.PassContext;

/** Lowers an integer-level program to columns and relations; every multiplication becomes a Product. */
public final class IntegerToCircuit {
  private IntegerToCircuit() {}

  /**
   * @throws org.zkc.ir.UserException at the user's line when an interval leaves (-2^30, 2^30)
   */
  public static Program lower(Program integer, PassContext context) {
    throw new UnsupportedOperationException("in work");
  }
}
