package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.Program;
import org.zkc.ir.TensorType;
import org.zkc.passes.PassContext;

/** Lowers a torch-level program to the tensor level by partial evaluation with known input types. */
public final class TorchToTensor {
  private TorchToTensor() {}

  /**
   * Walks the program once.
   *
   * @param inputTypes types of main's tensor parameters, in order
   * @throws org.zkc.ir.UserException at the user's line for whatever cannot be proved
   */
  public static Program lower(Program torch, List<TensorType> inputTypes, PassContext context) {
    throw new UnsupportedOperationException("in work");
  }
}
