package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.TensorOp;

/**
 * Evaluates ops whose operands are all constants.
 *
 * <pre>
 *   %w = tensor.constant          %wt = tensor.constant
 *   %wt = tensor.transpose %w
 * </pre>
 */
public final class FoldConstants extends TensorRewrite {
  public FoldConstants() {
    super("fold-constants", "Evaluates ops whose operands are all constants.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    Optional<Constant> folded = ConstantFolding.fold((TensorOp) op, v -> constant(scope, v));
    folded.ifPresent(scope::define);
    return folded.isPresent();
  }
}
