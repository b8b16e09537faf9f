package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.LocalRewrite;

/** A {@link LocalRewrite} of the tensor level, whose rule looks at constants and makes new ones. */
abstract class TensorRewrite extends LocalRewrite {
  TensorRewrite(String name, String description) {
    super(name, description, Level.TENSOR);
  }

  static Optional<Constant> constant(Scope scope, Value value) {
    return scope.definition(value).filter(Constant.class::isInstance).map(Constant.class::cast);
  }

  /** A constant, or one that is broadcast: its small form. */
  static Optional<Constant> broadcastConstant(Scope scope, Value value) {
    return scope.definition(value).orElse(null) instanceof Broadcast b
        ? constant(scope, b.input())
        : constant(scope, value);
  }

  /** Adds an f32 constant. */
  static Value constant(Scope scope, String constantName, TensorData data, Op from) {
    String hint = constantName.isEmpty() ? "constant" : constantName;
    return scope
        .define(
            new Constant(
                scope.fresh(hint, new TensorType(DType.F32, data.shape())),
                constantName,
                data,
                from.location()))
        .result();
  }
}
