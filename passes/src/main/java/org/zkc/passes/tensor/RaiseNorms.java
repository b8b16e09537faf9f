package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.tensor.RootOfSquares.Lines;

/**
 * A tensor over the root of the mean, or sum, of its own squares along lines becomes an RMS norm;
 * one less its mean over the root of its variance a layer norm.
 *
 * <pre>
 *   %s = tensor.multiply %x, %x            %y = tensor.rms_norm %x {axis = last, epsilon}
 *   %m = tensor.window_mean %s
 *   %r = tensor.pointwise(rsqrt) %m + epsilon
 *   %y = tensor.multiply %x, %r
 * </pre>
 *
 * With a sum of squares, or a divisor other than the number of elements, a constant factor follows.
 * Constant gains of the tensor or of the reciprocal root stay products with the norm.
 */
public final class RaiseNorms extends TensorRewrite {
  /** A factor this close to 1 is the rounding of what is exactly 1. */
  private static final double ROUNDING = 1e-6;

  public RaiseNorms() {
    super("raise-norms", "Makes norms of what is written out as means of squares and roots.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    return switch (op) {
      case Multiply m ->
          multiplied(op, m.left(), m.right(), scope) || multiplied(op, m.right(), m.left(), scope);
      case Divide d ->
          raised(op, d.left(), RootOfSquares.of(scope, d.right()), Optional.empty(), scope);
      default -> false;
    };
  }

  private static boolean multiplied(Op op, Value numerator, Value factor, Scope scope) {
    if (raised(op, numerator, RootOfSquares.ofReciprocal(scope, factor), Optional.empty(), scope)) {
      return true;
    }
    Optional<Gained> gained = Gained.of(factor, scope);
    return gained.isPresent()
        && raised(
            op,
            numerator,
            RootOfSquares.ofReciprocal(scope, gained.get().value()),
            Optional.of(gained.get().gain()),
            scope);
  }

  /** A product of a value and a constant, which is the gain. */
  private record Gained(Value value, Value gain) {
    static Optional<Gained> of(Value product, Scope scope) {
      if (!(scope.definition(product).orElse(null) instanceof Multiply m)) {
        return Optional.empty();
      }
      return broadcastConstant(scope, m.left()).isPresent()
          ? Optional.of(new Gained(m.right(), m.left()))
          : broadcastConstant(scope, m.right()).map(_ -> new Gained(m.left(), m.right()));
    }
  }

  /**
   * Whether the numerator over the root of its own squares became a norm.
   *
   * @param gain constant that the quotient is multiplied by
   */
  private static boolean raised(
      Op op, Value numerator, Optional<RootOfSquares> divisor, Optional<Value> gain, Scope scope) {
    if (divisor.isEmpty()) {
      return false;
    }
    RootOfSquares root = divisor.get();
    Optional<Value> norm = norm(op, numerator, root, scope);
    Optional<Gained> gained = norm.isPresent() ? Optional.empty() : Gained.of(numerator, scope);
    if (gained.isPresent()) {
      norm = norm(op, gained.get().value(), root, scope);
    }
    if (norm.isEmpty()) {
      return false;
    }
    Value y = norm.get();
    double factor = 1 / (root.factor() * Math.sqrt(root.weight() * root.lines().count()));
    if (Math.abs(factor - 1) > ROUNDING) {
      TensorData number = TensorData.ofFloats(Shape.of(), new float[] {(float) factor});
      Value constant = constant(scope, "", number, op);
      Broadcast all =
          scope.define(
              new Broadcast(scope.fresh(constant.name(), y.tensorType()), constant, op.location()));
      y = product(op, y, all.result(), scope);
    }
    if (gained.isPresent()) {
      y = product(op, y, gained.get().gain(), scope);
    }
    if (gain.isPresent()) {
      y = product(op, y, gain.get(), scope);
    }
    scope.replace(op.definitions().getFirst(), y);
    return true;
  }

  private static Value product(Op op, Value y, Value by, Scope scope) {
    return scope
        .define(new Multiply(scope.fresh(y.name(), y.tensorType()), y, by, op.location()))
        .result();
  }

  /** The norm of the numerator, if it is what the root squares. */
  private static Optional<Value> norm(Op op, Value numerator, RootOfSquares root, Scope scope) {
    Lines lines = root.lines();
    Optional<Value> centred = centred(numerator, lines, scope);
    Value squared = RootOfSquares.unshaped(scope, root.squared());
    boolean same = squared == RootOfSquares.unshaped(scope, numerator);
    boolean sameCentred =
        centred.isPresent()
            && centred(squared, lines, scope)
                .filter(x ->
                    RootOfSquares.unshaped(scope, x)
                        == RootOfSquares.unshaped(scope, centred.get()))
                .isPresent();
    if (!same && !sameCentred) {
      return Optional.empty();
    }
    Value x = centred.orElse(numerator);
    Shape shape = x.shape();
    Shape flat =
        Shape.of(
            Math.toIntExact(lines.before()),
            Math.toIntExact(lines.count()),
            Math.toIntExact(lines.after()));
    int axis = lines.axis(shape);
    Value input = axis < 0 ? reshaped(op, x, flat, scope) : x;
    double epsilon = root.epsilon() / (root.weight() * lines.count());
    Value result = scope.fresh(op.definitions().getFirst().name(), input.tensorType());
    int along = axis < 0 ? 1 : axis;
    Standardization norm =
        centred.isPresent()
            ? new LayerNorm(result, input, along, epsilon, op.location())
            : new RmsNorm(result, input, along, epsilon, op.location());
    scope.define(norm);
    return Optional.of(axis < 0 ? reshaped(op, result, shape, scope) : result);
  }

  /** x, where the value is x less its mean along these lines. */
  private static Optional<Value> centred(Value value, Lines lines, Scope scope) {
    if (!(scope.definition(value).orElse(null) instanceof Subtract s)
        || !(scope.definition(s.right()).orElse(null) instanceof Broadcast b)
        || Lines.of(b).filter(lines::equals).isEmpty()) {
      return Optional.empty();
    }
    Optional<WindowMean> mean = RootOfSquares.mean(scope, b.input());
    return mean.filter(m ->
            m.divisors().getFirst() == lines.count()
                && Lines.along(m.input().shape(), m.axis()).equals(lines)
                && RootOfSquares.unshaped(scope, m.input())
                    == RootOfSquares.unshaped(scope, s.left()))
            .isPresent()
        ? Optional.of(s.left())
        : Optional.empty();
  }

  private static Value reshaped(Op op, Value value, Shape shape, Scope scope) {
    Value result = scope.fresh(value.name(), new TensorType(DType.F32, shape));
    return scope.define(new Reshape(result, value, op.location())).result();
  }
}
