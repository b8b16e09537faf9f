package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Op;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.view.Broadcast;

/**
 * x / c = x (1 / c) for a constant c without zeros, so that other rules need to know products only.
 */
public final class DivideToMultiply extends TensorRewrite {
  public DivideToMultiply() {
    super("divide-to-multiply", "Multiplies by the reciprocal instead of dividing by a constant.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof Divide divide)) {
      return false;
    }
    Optional<Constant> divisor = broadcastConstant(scope, divide.right());
    if (divisor.isEmpty()) {
      return false;
    }
    float[] reciprocals = divisor.get().data().toFloats();
    for (int i = 0; i < reciprocals.length; i++) {
      reciprocals[i] = (float) (1.0 / reciprocals[i]);
      if (!Float.isFinite(reciprocals[i])) {
        return false;
      }
    }
    String name = divisor.get().name();
    Value factor =
        constant(
            scope,
            name.isEmpty() ? "" : name + ".reciprocal",
            TensorData.ofFloats(divisor.get().data().shape(), reciprocals),
            op);
    if (!factor.shape().equals(divide.result().shape())) {
      Value repeated =
          scope.fresh(factor.name(), new TensorType(DType.F32, divide.result().shape()));
      scope.define(new Broadcast(repeated, factor, op.location()));
      factor = repeated;
    }
    scope.define(new Multiply(divide.result(), divide.left(), factor, op.location()));
    return true;
  }
}
