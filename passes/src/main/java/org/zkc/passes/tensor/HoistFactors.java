package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;

/**
 * A number that multiplies an operand of a matrix product, also before views, multiplies the
 * product instead. Before a softmax it is part of the scores' scale there, and operands that are
 * repeated for several heads stay as they are.
 *
 * <pre>
 *   %q = tensor.multiply %x, 0.5            %s = tensor.mat_mul %x, %y
 *   %k = tensor.multiply %y, 0.5            %r = tensor.multiply %s, 0.25
 *   %r = tensor.mat_mul %q, %k
 * </pre>
 */
public final class HoistFactors extends TensorRewrite {
  public HoistFactors() {
    super(
        "hoist-factors", "Multiplies matrix products by the numbers that multiply their operands.");
  }

  /**
   * An operand of a product.
   *
   * @param views of the other value, in the order of evaluation
   */
  private record Scaled(double factor, Value other, List<UnaryView> views) {
    /** The product with a number that the value is, through views; empty for other values. */
    static Optional<Scaled> of(Value value, Scope scope) {
      List<UnaryView> views = new ArrayList<>();
      Value at = value;
      while (scope.isReadOnce(at)) {
        Op op = scope.definition(at).orElse(null);
        if (op instanceof Multiply m) {
          Collections.reverse(views);
          return of(m.left(), m.right(), views, scope)
              .or(() -> of(m.right(), m.left(), views, scope));
        }
        if (!(op instanceof Reshape
            || op instanceof Transpose
            || op instanceof Broadcast
            || op instanceof Slice)) {
          return Optional.empty();
        }
        views.add((UnaryView) op);
        at = ((UnaryView) op).input();
      }
      return Optional.empty();
    }

    private static Optional<Scaled> of(
        Value number, Value other, List<UnaryView> views, Scope scope) {
      return broadcastConstant(scope, number)
          .filter(c -> c.data().elementCount() == 1)
          .map(c -> c.data().getDouble(0))
          .filter(f -> f != 0 && Double.isFinite(f))
          .map(f -> new Scaled(f, other, views));
    }

    /** The other value behind the views. */
    Value unscaled(Scope scope) {
      Value at = other;
      for (UnaryView view : views) {
        Value next = scope.fresh(view.result().name(), view.result().type());
        at =
            switch (view) {
              case Transpose t ->
                  scope.value(new Transpose(next, at, t.permutation(), t.location()));
              case Slice s ->
                  scope.value(
                      new Slice(next, at, s.starts(), s.limits(), s.strides(), s.location()));
              case Broadcast b -> scope.value(new Broadcast(next, at, b.location()));
              default -> scope.value(new Reshape(next, at, view.location()));
            };
      }
      return at;
    }
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof MatMul product)) {
      return false;
    }
    Optional<Scaled> left = Scaled.of(product.left(), scope);
    Optional<Scaled> right = Scaled.of(product.right(), scope);
    if (left.isEmpty() && right.isEmpty()) {
      return false;
    }
    double factor = left.map(Scaled::factor).orElse(1.0) * right.map(Scaled::factor).orElse(1.0);
    Value plain = scope.fresh(product.result().name(), product.result().type());
    scope.define(
        new MatMul(
            plain,
            left.map(s -> s.unscaled(scope)).orElse(product.left()),
            right.map(s -> s.unscaled(scope)).orElse(product.right()),
            product.location()));
    Value number =
        constant(scope, "", TensorData.ofFloats(Shape.of(), new float[] {(float) factor}), op);
    Value all = scope.fresh(number.name(), plain.type());
    scope.define(new Broadcast(all, number, op.location()));
    scope.define(new Multiply(product.result(), plain, all, product.location()));
    return true;
  }
}
