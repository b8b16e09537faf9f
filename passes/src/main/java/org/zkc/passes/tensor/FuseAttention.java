package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.tensor.RootOfSquares.Lines;

/**
 * A softmax that only a matrix product reads, which sums over the softmax's axis, becomes one unit
 * with it. Reshapes and transposes between the two that keep this axis whole go before the softmax.
 * As the right factor the softmax gives the transposed result.
 *
 * <pre>
 *   %p = tensor.softmax %s {axis = last}       %y = tensor.attention %s, %v
 *   %y = tensor.mat_mul %p, %v
 *
 *   %p = tensor.softmax %s {axis = last}       %t = tensor.attention %s, %v
 *   %y = tensor.mat_mul %v, %p                 %y = tensor.transpose %t
 * </pre>
 */
public final class FuseAttention extends TensorRewrite {
  public FuseAttention() {
    super(
        "fuse-attention",
        "Makes one unit of a softmax and the matrix product that alone reads it.");
  }

  /**
   * The weights of a product.
   *
   * @param views what stands between softmax and product, in the order of evaluation
   */
  private record Weights(Softmax softmax, List<UnaryView> views) {
    /** The weights that the value is; empty for other values, and ones with other readers. */
    static Optional<Weights> of(Value value, Scope scope) {
      List<UnaryView> views = new ArrayList<>();
      Value at = value;
      while (scope.isReadOnce(at)) {
        Op op = scope.definition(at).orElse(null);
        if (op instanceof Softmax softmax) {
          Collections.reverse(views);
          Weights found = new Weights(softmax, views);
          return found.endsAtLastAxis() ? Optional.of(found) : Optional.empty();
        }
        if (!(op instanceof Reshape || op instanceof Transpose)) {
          return Optional.empty();
        }
        views.add((UnaryView) op);
        at = ((UnaryView) op).input();
      }
      return Optional.empty();
    }

    /** Whether the softmax's axis stays whole and is the last one in the end. */
    private boolean endsAtLastAxis() {
      int axis = softmax.axis();
      Shape shape = softmax.result().shape();
      for (UnaryView view : views) {
        if (view instanceof Transpose t) {
          axis = t.permutation().indexOf(axis);
        } else {
          axis = Lines.along(shape, axis).axis(view.result().shape());
        }
        if (axis < 0) {
          return false;
        }
        shape = view.result().shape();
      }
      return axis == shape.rank() - 1;
    }

    /** A tensor of the softmax's input's shape as the product reads it. */
    private Value seen(Value value, Op from, Scope scope) {
      Value at = value;
      for (UnaryView view : views) {
        if (view instanceof Transpose t) {
          at = transposed(at, t.permutation(), from, scope);
        } else {
          at = reshaped(at, Optional.of(view.result().shape()), from, scope);
        }
      }
      return at;
    }
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof MatMul product)) {
      return false;
    }
    Optional<Weights> left = Weights.of(product.left(), scope);
    if (left.isPresent()) {
      scope.define(attention(product.result(), left.get(), product.right(), product, scope));
      return true;
    }
    int rank = product.left().shape().rank();
    Optional<Weights> right = Weights.of(product.right(), scope);
    if (right.isEmpty() || rank < 2 || product.right().shape().rank() != rank) {
      return false;
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(order, rank - 2, rank - 1);
    Shape shape = product.result().shape();
    Value mean =
        scope.fresh(
            product.result().name(),
            new TensorType(
                product.result().tensorType().dtype(),
                new Shape(order.stream().map(shape::extent).toList())));
    scope.define(attention(mean, right.get(), product.left(), product, scope));
    scope.define(new Transpose(product.result(), mean, order, product.location()));
    return true;
  }

  private static Attention attention(
      Value result, Weights weights, Value values, MatMul product, Scope scope) {
    Softmax softmax = weights.softmax();
    Value scores = weights.seen(softmax.input(), product, scope);
    Optional<Value> mask = softmax.mask().map(m -> weights.seen(m, product, scope));
    return new Attention(result, scores, mask, values, product.location());
  }

  static boolean leavesLastAxis(UnaryView view) {
    List<Integer> from = view.input().shape().extents();
    List<Integer> to = view.result().shape().extents();
    return !from.isEmpty() && !to.isEmpty() && from.getLast().equals(to.getLast());
  }

  static Value reshaped(Value value, Optional<Shape> shape, Op from, Scope scope) {
    if (shape.isEmpty()) {
      return value;
    }
    TensorType type = new TensorType(value.tensorType().dtype(), shape.get());
    return scope
        .define(new Reshape(scope.fresh(value.name(), type), value, from.location()))
        .result();
  }

  private static Value transposed(Value value, List<Integer> permutation, Op from, Scope scope) {
    Shape shape = value.shape();
    TensorType type =
        new TensorType(
            value.tensorType().dtype(),
            new Shape(permutation.stream().map(shape::extent).toList()));
    return scope
        .define(new Transpose(scope.fresh(value.name(), type), value, permutation, from.location()))
        .result();
  }
}
