package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.Relu;

/**
 * Two clamps in a row are one. The clamp to [0, infinity) is ReLU, which passes on channels'
 * positive factors.
 *
 * <pre>
 *   clamp(clamp(x, a, b), c, d) = clamp(x, clamp(a, c, d), clamp(b, c, d))   for a <= b, c <= d
 * </pre>
 */
public final class MergeClamps extends TensorRewrite {
  public MergeClamps() {
    super("merge-clamps", "Makes one clamp of two in a row, and ReLU of the one to [0, infinity).");
  }

  private record Bounds(double low, double high) {
    private static final Bounds RELU = new Bounds(0, Double.POSITIVE_INFINITY);

    double apply(double x) {
      return Math.min(Math.max(x, low), high);
    }
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    Optional<Bounds> outer = bounds(op);
    return outer.isPresent()
        && (isMerged((Elementwise) op, outer.get(), scope)
            || op instanceof Clamp clamp && isRelu(clamp, outer.get(), scope));
  }

  private static boolean isMerged(Elementwise op, Bounds outer, Scope scope) {
    Value between = op.input();
    Optional<Op> before = scope.definition(between);
    Optional<Bounds> inner = before.flatMap(MergeClamps::bounds);
    if (inner.isEmpty()) {
      return false;
    }
    Bounds both = new Bounds(outer.apply(inner.get().low()), outer.apply(inner.get().high()));
    if (both.equals(inner.get())) {
      scope.replace(op.result(), between);
      return true;
    }
    if (!scope.isReadOnce(between)) { // both would have to be computed
      return false;
    }
    scope.define(clamp(op.result(), ((Elementwise) before.get()).input(), both, op.location()));
    return true;
  }

  private static boolean isRelu(Clamp clamp, Bounds bounds, Scope scope) {
    if (!bounds.equals(Bounds.RELU)) {
      return false;
    }
    scope.define(clamp(clamp.result(), clamp.input(), bounds, clamp.location()));
    return true;
  }

  private static Op clamp(Value result, Value input, Bounds bounds, Location at) {
    return bounds.equals(Bounds.RELU)
        ? new Relu(result, input, at)
        : new Clamp(result, input, bounds.low(), bounds.high(), at);
  }

  private static Optional<Bounds> bounds(Op op) {
    return switch (op) {
      case Relu r -> Optional.of(new Bounds(0, Double.POSITIVE_INFINITY));
      case Clamp c when c.low() <= c.high() -> Optional.of(new Bounds(c.low(), c.high()));
      default -> Optional.empty();
    };
  }
}
