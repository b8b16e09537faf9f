package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.LogSoftmax;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.Broadcast;

/**
 * Increasing functions keep the order of their operands, so order is asked of these instead: they
 * are exact in their accumulator, where the function's results are rounded, and where nothing else
 * reads the function it is not computed.
 *
 * <pre>
 *   topk(softmax(x)).indices = topk(x).indices,   argmin(sqrt(x)) = argmin(x),   sigmoid(x) > c = x > log(c / (1 - c))
 * </pre>
 */
public final class OrderBeforeActivations extends TensorRewrite {
  public OrderBeforeActivations() {
    super(
        "order-before-activations",
        "Asks which elements are largest, or above a number, before an increasing function.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    return switch (op) {
      case TopIndices t -> indices(t, scope);
      case CompareZero c -> comparison(c, scope);
      default -> false;
    };
  }

  private static boolean indices(TopIndices op, Scope scope) {
    if (scope.definition(op.input()).orElse(null) instanceof Multiply m) {
      Optional<Value> before = increasing(m.left(), op, scope);
      if (before.isEmpty() || uniform(scope, m.right()).isEmpty()) {
        return false;
      }
      Value product = scope.fresh(m.result().name(), m.result().type());
      scope.define(new Multiply(product, before.get(), m.right(), m.location()));
      scope.define(new TopIndices(op.result(), product, op.axis(), op.k(), op.location()));
      return true;
    }
    Optional<Value> before = increasing(op.input(), op, scope);
    before.ifPresent(
        x -> scope.define(new TopIndices(op.result(), x, op.axis(), op.k(), op.location())));
    return before.isPresent();
  }

  /** The operand of a function that keeps the order along the axis; empty for other values. */
  private static Optional<Value> increasing(Value value, TopIndices op, Scope scope) {
    return switch (scope.definition(value).orElse(null)) {
      // Excluded shares are 0 together, in the order of their indices.
      case Softmax s when s.mask().isEmpty() && s.axis() == op.axis() -> Optional.of(s.input());
      case LogSoftmax s when s.axis() == op.axis() -> Optional.of(s.input());
      case Sigmoid s -> Optional.of(s.input());
      case Pointwise p
          when p.function() == ScalarFunction.EXP
              || p.function() == ScalarFunction.LOG
              || p.function() == ScalarFunction.SQRT ->
          Optional.of(p.input());
      case null, default -> Optional.empty();
    };
  }

  private static boolean comparison(CompareZero op, Scope scope) {
    if (!(scope.definition(op.input()).orElse(null) instanceof Subtract s)
        || !(scope.definition(s.left()).orElse(null) instanceof Sigmoid sigmoid)) {
      return false;
    }
    Optional<Double> threshold = uniform(scope, s.right());
    if (threshold.isEmpty() || threshold.get() <= 0 || threshold.get() >= 1) {
      return false;
    }
    double logit = StrictMath.log(threshold.get() / (1 - threshold.get()));
    Value number =
        constant(scope, "", TensorData.ofFloats(Shape.of(), new float[] {(float) logit}), op);
    Value all = scope.fresh("threshold", sigmoid.input().type());
    scope.define(new Broadcast(all, number, op.location()));
    Value difference = scope.fresh(s.result().name(), s.result().type());
    scope.define(new Subtract(difference, sigmoid.input(), all, s.location()));
    scope.define(new CompareZero(op.result(), difference, op.comparison(), op.location()));
    return true;
  }

  /** The number other than 0 that all elements of a constant are; empty for other values. */
  private static Optional<Double> uniform(Scope scope, Value value) {
    return broadcastConstant(scope, value)
        .map(Constant::data)
        .filter(d -> d.dtype().isFloating() && d.elementCount() == 1 && d.getDouble(0) != 0)
        .map(d -> d.getDouble(0));
  }
}
