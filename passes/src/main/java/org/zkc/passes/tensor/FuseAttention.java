package org.zkc.passes.tensor;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.view.Reshape;

/**
 * A softmax over the last axis that only a matrix product reads becomes one unit with it. A reshape
 * between the two, which leaves the last axis alone, goes before the softmax.
 *
 * <pre>
 *   %p = tensor.softmax %s {axis = last}       %y = tensor.attention %s, %v
 *   %y = tensor.mat_mul %p, %v
 * </pre>
 */
public final class FuseAttention extends TensorRewrite {
  public FuseAttention() {
    super(
        "fuse-attention",
        "Makes one unit of a softmax and the matrix product that alone reads it.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof MatMul product) || !scope.isReadOnce(product.left())) {
      return false;
    }
    Op left = scope.definition(product.left()).orElse(null);
    Optional<Shape> shape = Optional.empty();
    if (left instanceof Reshape view && leavesLastAxis(view) && scope.isReadOnce(view.input())) {
      shape = Optional.of(view.result().shape());
      left = scope.definition(view.input()).orElse(null);
    }
    if (!(left instanceof Softmax softmax)
        || softmax.axis() != softmax.input().shape().rank() - 1) {
      return false;
    }
    Value scores = reshaped(softmax.input(), shape, op, scope);
    Optional<Value> mask = Optional.empty();
    if (softmax.mask().isPresent()) {
      mask = Optional.of(reshaped(softmax.mask().get(), shape, op, scope));
    }
    scope.define(
        new Attention(product.result(), scores, mask, product.right(), product.location()));
    return true;
  }

  static boolean leavesLastAxis(Reshape view) {
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
}
