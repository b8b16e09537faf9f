package org.zkc.passes.tensor;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.Rewrite.Scope;

/**
 * factor sqrt(weight sum p^2 + epsilon), the sum over lines of the tensor that it is broadcast to.
 *
 * @param squared p, through reshapes an operand of the norm
 * @param factor positive
 * @param weight positive
 */
record RootOfSquares(Value squared, Lines lines, double factor, double weight, double epsilon) {
  /**
   * The greatest epsilon beside a root, or lower bound of one, that is taken for its square under
   * the root: x / (norm + epsilon) and x / max(norm, epsilon) are x / sqrt(norm^2 + epsilon^2) to
   * epsilon / norm.
   */
  private static final double SMALL = 1e-5;

  /**
   * Lines of a tensor of elements in row-major order: those with the same place before and after
   * the line's own axes. Reshapes do not change them.
   *
   * @param before the number of places before
   * @param count elements of a line
   * @param after the number of places after
   */
  record Lines(long before, long count, long after) {
    /** The lines along one axis. */
    static Lines along(Shape shape, int axis) {
      return along(shape, axis, axis);
    }

    /** The last axis of a shape that these run along; -1 where they run along several. */
    int axis(Shape shape) {
      for (int k = shape.rank() - 1; k >= 0; k--) {
        if (along(shape, k).equals(this)) {
          return k;
        }
      }
      return -1;
    }

    private static Lines along(Shape shape, int first, int last) {
      long before = 1;
      long count = 1;
      long after = 1;
      for (int k = 0; k < shape.rank(); k++) {
        int extent = shape.extent(k);
        before *= k < first ? extent : 1;
        count *= k >= first && k <= last ? extent : 1;
        after *= k > last ? extent : 1;
      }
      return new Lines(before, count, after);
    }

    /** Those whose elements the broadcast repeats one value for; empty where they are apart. */
    static Optional<Lines> of(Broadcast op) {
      Shape from = op.input().shape();
      Shape to = op.result().shape();
      int first = -1;
      int last = -1;
      for (int k = 0; k < to.rank(); k++) {
        int own = k - (to.rank() - from.rank());
        boolean repeats = to.extent(k) != 1 && (own < 0 || from.extent(own) == 1);
        if (repeats) {
          first = first < 0 ? k : first;
          last = k;
        }
      }
      for (int k = first; k >= 0 && k <= last; k++) {
        int own = k - (to.rank() - from.rank());
        if (own >= 0 && from.extent(own) != 1) {
          return Optional.empty();
        }
      }
      return first < 0 ? Optional.empty() : Optional.of(along(to, first, last));
    }
  }

  /** The value without the reshapes before it. */
  static Value unshaped(Scope scope, Value value) {
    Value at = value;
    while (scope.definition(at).orElse(null) instanceof Reshape r) {
      at = r.input();
    }
    return at;
  }

  /** The window mean over whole lines that the value is, through reshapes. */
  static Optional<WindowMean> mean(Scope scope, Value value) {
    return scope.definition(unshaped(scope, value)).orElse(null) instanceof WindowMean w
            && w.starts().equals(List.of(0))
            && w.lengths().equals(List.of(w.input().shape().extent(w.axis())))
        ? Optional.of(w)
        : Optional.empty();
  }

  /** The root that the value is, in the shape of the tensor that it divides. */
  static Optional<RootOfSquares> of(Scope scope, Value value) {
    return new Search(scope, value.shape()).checked(Search::root, value);
  }

  /** The root whose reciprocal the value is. */
  static Optional<RootOfSquares> ofReciprocal(Scope scope, Value value) {
    return new Search(scope, value.shape()).checked(Search::reciprocal, value);
  }

  private RootOfSquares times(double number) {
    return new RootOfSquares(squared, lines, factor * number, weight, epsilon);
  }

  private RootOfSquares plus(double number) {
    return new RootOfSquares(squared, lines, factor, weight, epsilon + number);
  }

  private RootOfSquares atLeast(double least) {
    return plus(least / factor * (least / factor));
  }

  /** A walk from the divisor to the squares; no op of it but one may be a broadcast. */
  private static final class Search {
    private final Scope scope;
    private final Shape shape;
    private @Nullable Broadcast broadcast;
    private boolean failed;

    @FunctionalInterface
    private interface Step {
      @Nullable RootOfSquares of(Search search, Value value);
    }

    Search(Scope scope, Shape shape) {
      this.scope = scope;
      this.shape = shape;
    }

    Optional<RootOfSquares> checked(Step step, Value value) {
      RootOfSquares found = step.of(this, value);
      return found != null
              && !failed
              && broadcast != null
              && Lines.of(broadcast).filter(found.lines::equals).isPresent()
          ? Optional.of(found)
          : Optional.empty();
    }

    private @Nullable RootOfSquares through(Op view, Value input, Step step) {
      if (view instanceof Broadcast b) {
        failed |= broadcast != null || !b.result().shape().equals(shape);
        broadcast = b;
      }
      return step.of(this, input);
    }

    /** factor sqrt(...), which a small number may be added to, or be a bound of. */
    private @Nullable RootOfSquares root(Value value) {
      return switch (scope.definition(value).orElse(null)) {
        case Reshape r -> through(r, r.input(), Search::root);
        case Broadcast b -> through(b, b.input(), Search::root);
        case Pointwise p when isPower(p, ScalarFunction.SQRT, 0.5) -> sum(p.input());
        case Multiply m -> {
          Factor f = factor(m.left(), m.right());
          RootOfSquares root = f == null ? null : root(f.other);
          yield f == null || root == null ? null : root.times(f.number);
        }
        case Add a -> {
          Factor f = factor(a.left(), a.right());
          RootOfSquares root = f == null || f.number > SMALL ? null : root(f.other);
          yield f == null || root == null ? null : root.atLeast(f.number);
        }
        case Clamp c
            when c.low() > 0 && c.low() <= SMALL && c.high() == Double.POSITIVE_INFINITY -> {
          RootOfSquares root = root(c.input());
          yield root == null ? null : root.atLeast(c.low());
        }
        case null, default -> null;
      };
    }

    private @Nullable RootOfSquares reciprocal(Value value) {
      return switch (scope.definition(value).orElse(null)) {
        case Reshape r -> through(r, r.input(), Search::reciprocal);
        case Broadcast b -> through(b, b.input(), Search::reciprocal);
        case Pointwise p when isPower(p, ScalarFunction.RSQRT, -0.5) -> sum(p.input());
        case Pointwise p when isPower(p, ScalarFunction.RECIPROCAL, -1) -> root(p.input());
        case Multiply m -> {
          Factor f = factor(m.left(), m.right());
          RootOfSquares root = f == null ? null : reciprocal(f.other);
          yield f == null || root == null ? null : root.times(1 / f.number);
        }
        case null, default -> null;
      };
    }

    private static boolean isPower(Pointwise op, ScalarFunction function, double exponent) {
      return op.function() == function
          || (op.function() == ScalarFunction.POWER && op.parameters().equals(List.of(exponent)));
    }

    /** weight sum p^2 + epsilon, as the square of a root with factor 1. */
    private @Nullable RootOfSquares sum(Value value) {
      return switch (scope.definition(value).orElse(null)) {
        case Reshape r -> through(r, r.input(), Search::sum);
        case Broadcast b -> through(b, b.input(), Search::sum);
        case Add a -> {
          Factor f = factor(a.left(), a.right());
          RootOfSquares sum = f == null ? null : sum(f.other);
          yield f == null || sum == null ? null : sum.plus(f.number);
        }
        case Multiply m -> {
          Factor f = factor(m.left(), m.right());
          RootOfSquares sum = f == null ? null : sum(f.other);
          yield f == null || sum == null
              ? null
              : new RootOfSquares(
                  sum.squared, sum.lines, 1, sum.weight * f.number, sum.epsilon * f.number);
        }
        case Clamp c
            when c.low() > 0
                && c.low() <= SMALL * SMALL
                && c.high() == Double.POSITIVE_INFINITY -> {
          RootOfSquares sum = sum(c.input());
          yield sum == null ? null : sum.plus(c.low());
        }
        case WindowMean w when mean(scope, value).isPresent() ->
            scope.definition(unshaped(scope, w.input())).orElse(null) instanceof Multiply m
                    && m.left() == m.right()
                ? new RootOfSquares(
                    m.left(),
                    Lines.along(w.input().shape(), w.axis()),
                    1,
                    1.0 / w.divisors().getFirst(),
                    0)
                : null;
        case null, default -> null;
      };
    }

    /** A positive number and the operand beside it. */
    private record Factor(double number, Value other) {}

    private @Nullable Factor factor(Value left, Value right) {
      Optional<Double> number = number(left);
      if (number.isPresent()) {
        return new Factor(number.get(), right);
      }
      return number(right).map(n -> new Factor(n, left)).orElse(null);
    }

    private Optional<Double> number(Value value) {
      return TensorRewrite.broadcastConstant(scope, value)
          .map(Constant::data)
          .filter(d -> d.elementCount() == 1 && d.getDouble(0) > 0)
          .map(d -> d.getDouble(0));
    }
  }
}
