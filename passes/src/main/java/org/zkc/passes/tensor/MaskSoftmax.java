package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;

/**
 * A constant that is added to a softmax's input and makes elements vanish (a causal mask of large
 * negative numbers) becomes the softmax's mask, which quantisation takes exactly. The rest of the
 * constant stays an addition. A mask that excludes nothing, such as the one that torch.export keeps
 * for tokens without padding, is dropped.
 *
 * <pre>
 *   %y = tensor.add %x, c            %p = tensor.softmax %x, m
 *   %p = tensor.softmax %y
 * </pre>
 */
public final class MaskSoftmax extends TensorRewrite {
  /**
   * The greatest addend that excludes an element. Hugging Face's models take -10000 or the least
   * number of the type. The exponential of a difference of that size is 0 in single precision for
   * all scores within a few thousand of each other.
   */
  private static final double VANISHES = -9999;

  public MaskSoftmax() {
    super("mask-softmax", "Makes large negative constants in a softmax's input its mask.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof Softmax softmax)) {
      return false;
    }
    if (softmax.mask().isPresent()) {
      Optional<Constant> mask = broadcastConstant(scope, softmax.mask().get());
      boolean isNone = mask.isPresent() && isOne(mask.get().data());
      if (isNone) {
        scope.define(
            new Softmax(
                softmax.result(),
                softmax.input(),
                Optional.empty(),
                softmax.axis(),
                softmax.location()));
      }
      return isNone;
    }
    Optional<Shape> shape = Optional.empty();
    Op input = scope.definition(softmax.input()).orElse(null);
    int axis = softmax.axis();
    if (input instanceof Reshape view
        && axis == softmax.input().shape().rank() - 1
        && FuseAttention.leavesLastAxis(view)) {
      shape = Optional.of(view.result().shape());
      input = scope.definition(view.input()).orElse(null);
      axis = view.input().shape().rank() - 1;
    }
    return input instanceof Add sum
        && (masked(softmax, sum.left(), sum.right(), axis, shape, scope)
            || masked(softmax, sum.right(), sum.left(), axis, shape, scope));
  }

  private static boolean masked(
      Softmax softmax, Value masked, Value addend, int axis, Optional<Shape> shape, Scope scope) {
    // A bias that is itself masked: the mask is one of the whole sum.
    if (scope.definition(addend).orElse(null) instanceof Add bias
        && bias.left().shape().equals(masked.shape())) {
      return masked(softmax, masked, Optional.of(bias.left()), bias.right(), axis, shape, scope);
    }
    return masked(softmax, masked, Optional.empty(), addend, axis, shape, scope);
  }

  private static boolean masked(
      Softmax softmax,
      Value masked,
      Optional<Value> bias,
      Value addend,
      int axis,
      Optional<Shape> shape,
      Scope scope) {
    Optional<Constant> found = broadcastConstant(scope, addend);
    if (found.isEmpty()) {
      return false;
    }
    TensorData data = found.get().data();
    Value x = masked;
    // A second constant of the same shape, as of a window within a causal mask, is part of the
    // mask.
    while (scope.definition(x).orElse(null) instanceof Add inner) {
      Optional<Constant> right = broadcastConstant(scope, inner.right());
      Constant second = right.or(() -> broadcastConstant(scope, inner.left())).orElse(null);
      if (second == null || !second.data().shape().equals(data.shape())) {
        break;
      }
      data = sum(data, second.data());
      x = right.isPresent() ? inner.left() : inner.right();
    }
    int along = axis - (x.shape().rank() - data.shape().rank());
    if (along < 0 || data.shape().extent(along) != x.shape().extent(axis)) {
      return false;
    }
    float[] rest = data.toFloats();
    if (isZero(rest) && bias.isEmpty()) {
      Value own = shape.isPresent() ? FuseAttention.reshaped(x, shape, softmax, scope) : x;
      scope.define(
          new Softmax(softmax.result(), own, Optional.empty(), softmax.axis(), softmax.location()));
      return true;
    }
    long[] included = new long[rest.length];
    if (!split(rest, included, data.shape(), along)) {
      return false;
    }
    Op from = softmax;
    Value mask =
        scope
            .define(
                new Constant(
                    scope.fresh("mask", new TensorType(DType.I1, data.shape())),
                    "",
                    TensorData.ofLongs(DType.I1, data.shape(), included),
                    from.location()))
            .result();
    Value scores = withoutFactor(x, included, data.shape(), scope);
    if (bias.isPresent()) {
      Value added = withoutFactor(bias.get(), included, data.shape(), scope);
      scores =
          scope
              .define(
                  new Add(scope.fresh(x.name(), x.tensorType()), scores, added, from.location()))
              .result();
    }
    if (!isZero(rest)) {
      Value constant = constant(scope, "", TensorData.ofFloats(data.shape(), rest), from);
      Value all = broadcast(constant, x.shape(), from, scope);
      scores =
          scope
              .define(new Add(scope.fresh(x.name(), x.tensorType()), scores, all, from.location()))
              .result();
    }
    Value all = broadcast(mask, x.shape(), from, scope);
    if (shape.isPresent()) {
      scores = FuseAttention.reshaped(scores, shape, from, scope);
      all = FuseAttention.reshaped(all, shape, from, scope);
    }
    scope.define(
        new Softmax(
            softmax.result(), scores, Optional.of(all), softmax.axis(), softmax.location()));
    return true;
  }

  private static TensorData sum(TensorData left, TensorData right) {
    float[] sum = left.toFloats();
    float[] more = right.toFloats();
    for (int i = 0; i < sum.length; i++) {
      sum[i] = Math.max(sum[i] + more[i], -Float.MAX_VALUE);
    }
    return TensorData.ofFloats(left.shape(), sum);
  }

  /** Without a constant factor that is 1 where the mask includes: of what was filled in place. */
  private static Value withoutFactor(Value x, long[] included, Shape shape, Scope scope) {
    if (!(scope.definition(x).orElse(null) instanceof Multiply product)) {
      return x;
    }
    Optional<Constant> factor = broadcastConstant(scope, product.right());
    if (factor.isEmpty() || !factor.get().data().shape().equals(shape)) {
      return x;
    }
    for (int i = 0; i < included.length; i++) {
      if (included[i] != 0 && factor.get().data().getDouble(i) != 1) {
        return x;
      }
    }
    return product.left();
  }

  /**
   * Splits addends into a mask and the rest of the addends, 0 where the mask excludes.
   *
   * @return whether anything is excluded, and no line altogether: numbers that swallow the digits
   *     of all its scores leave equal shares, as no mask does
   */
  private static boolean split(float[] addends, long[] included, Shape shape, int axis) {
    int extent = shape.extent(axis);
    int inner = (int) shape.strides()[axis];
    boolean excludes = false;
    for (int start = 0; start < addends.length; start += extent * inner) {
      for (int i = start; i < start + inner; i++) {
        int vanishing = 0;
        for (int s = 0; s < extent; s++) {
          vanishing += addends[i + s * inner] <= VANISHES ? 1 : 0;
        }
        if (vanishing == extent) {
          return false;
        }
        excludes |= vanishing > 0;
        for (int s = 0; s < extent; s++) {
          int at = i + s * inner;
          boolean vanishes = addends[at] <= VANISHES;
          included[at] = vanishes ? 0 : 1;
          addends[at] = vanishes ? 0 : addends[at];
        }
      }
    }
    return excludes;
  }

  private static boolean isOne(TensorData mask) {
    for (long i = 0; i < mask.elementCount(); i++) {
      if (mask.getLong(i) != 1) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static Value broadcast(Value value, Shape shape, Op from, Scope scope) {
    if (value.shape().equals(shape)) {
      return value;
    }
    TensorType type = new TensorType(value.tensorType().dtype(), shape);
    return scope
        .define(new Broadcast(scope.fresh(value.name(), type), value, from.location()))
        .result();
  }
}
