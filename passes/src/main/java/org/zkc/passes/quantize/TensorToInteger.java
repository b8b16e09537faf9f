package org.zkc.passes.quantize;

import org.zkc.ir.Program;
import org.zkc.passes.PassContext;

/** Quantisation: lowers a tensor-level program to the integer level. */
public final class TensorToInteger {
  private TensorToInteger() {}

  /**
   * @throws org.zkc.ir.UserException at the user's line for ops without an integer form
   */
  public static QuantizedProgram lower(
      Program tensor, Ranges ranges, QuantizationOptions options, PassContext context) {
    throw new UnsupportedOperationException("in work");
  }
}
