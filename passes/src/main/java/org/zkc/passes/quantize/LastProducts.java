package org.zkc.passes.quantize;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.view.UnaryView;

/**
 * The products of computed values that are outputs, or factors of one. Their largest elements,
 * which calibration with few samples does not see, have the errors of all factors.
 */
final class LastProducts {
  private final TensorAnalysis analysis;

  /** The values of which only views and products are made, to the outputs. */
  private final Set<Value> ends = Collections.newSetFromMap(new IdentityHashMap<>());

  LastProducts(Function main, TensorAnalysis analysis) {
    this.analysis = analysis;
    for (Op op : main.body().reversed()) {
      Value result = op.definitions().getFirst();
      if (analysis.uses().users(result).stream()
          .allMatch(user ->
              (user instanceof UnaryView || user instanceof Multiply)
                  && ends.contains(user.definitions().getFirst()))) {
        ends.add(result);
      }
    }
  }

  boolean contains(Multiply op) {
    return !analysis.isConstant(op.left())
        && !analysis.isConstant(op.right())
        && !TensorAnalysis.isExact(op.result())
        && !analysis.isIntegral(op.left())
        && !analysis.isIntegral(op.right())
        && ends.contains(op.result());
  }
}
