package org.zkc.passes.circuit;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Factor;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.passes.PassContext;

/**
 * The number of transforms that a function makes when it is executed or proved.
 *
 * @param forward of columns that depend on the input
 * @param kernel of model columns
 * @param inverse back from the frequency domain
 */
record TransformCounts(long forward, long kernel, long inverse) {

  static TransformCounts of(Function function) {
    Map<Value, Op> definitions = new IdentityHashMap<>();
    long forward = 0;
    long kernel = 0;
    long inverse = 0;
    for (Op op : function.body()) {
      op.definitions().forEach(v -> definitions.put(v, op));
      if (op instanceof ForwardTransform f) {
        long transforms = f.result().spectrumType().transforms();
        if (Factor.of(f.input(), v -> Optional.ofNullable(definitions.get(v))).isOfModel()) {
          kernel += transforms;
        } else {
          forward += transforms;
        }
      } else if (op instanceof InverseTransform t) {
        inverse += t.input().spectrumType().transforms();
      }
    }
    return new TransformCounts(forward, kernel, inverse);
  }

  boolean isZero() {
    return forward + kernel + inverse == 0;
  }

  void report(String pass, String when, PassContext context) {
    context.count(pass + ".forward-" + when, forward);
    context.count(pass + ".kernel-" + when, kernel);
    context.count(pass + ".inverse-" + when, inverse);
  }
}
