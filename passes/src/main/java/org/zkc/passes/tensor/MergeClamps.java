package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.Relu;

/**
 * Two clamps in a row are one; ReLU is the clamp to [0, infinity).
 *
 * <pre>
 *   clamp(clamp(x, a, b), c, d) = clamp(x, clamp(a, c, d), clamp(b, c, d))   for a <= b, c <= d
 * </pre>
 */
public final class MergeClamps extends TensorRewrite {
  public MergeClamps() {
    super("merge-clamps", "Makes one clamp of two in a row.");
  }

  private record Bounds(double low, double high) {
    double apply(double x) {
      return Math.min(Math.max(x, low), high);
    }
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    Optional<Bounds> outer = bounds(op);
    if (outer.isEmpty()) {
      return false;
    }
    Value between = ((Elementwise) op).input();
    Optional<Op> before = scope.definition(between);
    Optional<Bounds> inner = before.flatMap(MergeClamps::bounds);
    if (inner.isEmpty()) {
      return false;
    }
    Bounds both =
        new Bounds(outer.get().apply(inner.get().low()), outer.get().apply(inner.get().high()));
    Value result = ((Elementwise) op).result();
    if (both.equals(inner.get())) {
      scope.replace(result, between);
      return true;
    }
    if (!scope.isReadOnce(between)) { // both would have to be computed
      return false;
    }
    Value input = ((Elementwise) before.get()).input();
    boolean relu = both.equals(new Bounds(0, Double.POSITIVE_INFINITY));
    scope.define(
        relu
            ? new Relu(result, input, op.location())
            : new Clamp(result, input, both.low(), both.high(), op.location()));
    return true;
  }

  private static Optional<Bounds> bounds(Op op) {
    return switch (op) {
      case Relu r -> Optional.of(new Bounds(0, Double.POSITIVE_INFINITY));
      case Clamp c when c.low() <= c.high() -> Optional.of(new Bounds(c.low(), c.high()));
      default -> Optional.empty();
    };
  }
}
