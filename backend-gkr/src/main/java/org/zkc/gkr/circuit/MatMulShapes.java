package org.zkc.gkr.circuit;

import java.util.List;

/** The conditions on the shapes of products of matrices, for {@link CircuitCheck}. */
final class MatMulShapes {
  private MatMulShapes() {}

  /**
   * Requires that both factors and the result fit.
   *
   * @throws InvalidCircuit naming the condition that fails
   */
  static void require(TensorDeclaration left, TensorDeclaration right, TensorDeclaration result) {
    require(right.rank() >= 2, "the right factor must have 2 axes or more");
    int shared = MatMul.sharedAxes(right.rank());
    require(
        left.rank() >= 1 && left.rank() == result.rank(), "left factor and result differ in rank");
    require(
        shared == 0 || left.rank() == right.rank(),
        "with shared axes both factors must have one rank");
    require(
        left.shape().subList(0, shared).equals(right.shape().subList(0, shared)),
        "shared axes differ");
    List<Integer> leading = left.shape().subList(0, left.rank() - 1);
    require(leading.equals(result.shape().subList(0, left.rank() - 1)), "leading axes differ");
    require(left.extent(left.rank() - 1) == right.extent(right.rank() - 1), "inner extents differ");
    require(result.extent(result.rank() - 1) == right.extent(shared), "output extents differ");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new InvalidCircuit(message);
    }
  }
}
