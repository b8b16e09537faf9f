package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.FloatReader;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;

/**
 * A linear map of a norm's result times a gain, plus a bias, takes gain and bias into its columns.
 *
 * <pre>
 *   %y = tensor.layer_norm %x              %y = tensor.layer_norm %x
 *   %z = tensor.multiply %y, g             %r = tensor.linear %y, w g, w b + c
 *   %u = tensor.add %z, b
 *   %r = tensor.linear %u, w, c
 * </pre>
 *
 * <p>Other readers keep their own product and sum. Views between that leave the last axis alone are
 * repeated on the norm's result. No weight is copied: columns are multiplied when they are read.
 */
public final class FoldGains extends TensorRewrite {
  public FoldGains() {
    super("fold-gains", "Makes gains and biases of norms part of the linear maps after them.");
  }

  /** gain x + bias, along the last axis. */
  private static final class Gain {
    final double[] gains;
    final double[] biases;
    private boolean isBiased;

    Gain(int width) {
      gains = new double[width];
      biases = new double[width];
      Arrays.fill(gains, 1);
    }

    /** Puts factor x + shift before this. */
    void after(double @Nullable [] factor, double @Nullable [] shift, int sign) {
      for (int i = 0; i < gains.length; i++) {
        biases[i] += shift == null ? 0 : gains[i] * shift[i] * sign;
        gains[i] *= factor == null ? 1 : factor[i];
      }
      isBiased |= shift != null;
    }
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof Linear linear)) {
      return false;
    }
    Optional<Constant> weight = constant(scope, linear.weight());
    Optional<Constant> bias = linear.bias().flatMap(b -> constant(scope, b));
    if (weight.isEmpty() || (linear.bias().isPresent() && bias.isEmpty())) {
      return false;
    }
    Gain gain = new Gain(linear.weight().shape().extent(1));
    List<UnaryView> views = new ArrayList<>();
    Value at = linear.input();
    boolean found = false;
    for (Op from = scope.definition(at).orElse(null);
        !(from instanceof Standardization);
        from = scope.definition(at).orElse(null)) {
      if (from instanceof UnaryView view && leavesLines(view)) {
        views.add(view);
        at = view.input();
        continue;
      }
      Value before = from == null ? null : before(from, gain, scope);
      if (before == null) {
        return false;
      }
      found = true;
      at = before;
    }
    if (!found || !isAlongLast(scope.definition(at).orElseThrow())) {
      return false;
    }
    Collections.reverse(views);
    for (UnaryView view : views) {
      at = repeated(view, at, scope);
    }
    define(linear, at, gain, weight.get(), bias, scope);
    return true;
  }

  private static boolean isAlongLast(Op op) {
    return op instanceof Standardization norm && norm.axis() == norm.input().shape().rank() - 1;
  }

  /** The operand beside the constants that the op multiplies with or adds; null for other ops. */
  private static @Nullable Value before(Op op, Gain gain, Scope scope) {
    return switch (op) {
      case Multiply m -> {
        double[] right = alongLast(m.right(), m.result().shape(), scope);
        double[] left = right == null ? alongLast(m.left(), m.result().shape(), scope) : null;
        double[] factor = right == null ? left : right;
        if (factor == null) {
          yield null;
        }
        gain.after(factor, null, 1);
        yield right == null ? m.right() : m.left();
      }
      case Add a -> {
        double[] right = alongLast(a.right(), a.result().shape(), scope);
        double[] left = right == null ? alongLast(a.left(), a.result().shape(), scope) : null;
        double[] shift = right == null ? left : right;
        if (shift == null) {
          yield null;
        }
        gain.after(null, shift, 1);
        yield right == null ? a.right() : a.left();
      }
      case Subtract s -> {
        double[] right = alongLast(s.right(), s.result().shape(), scope);
        if (right == null) {
          yield null;
        }
        gain.after(null, right, -1);
        yield s.left();
      }
      default -> null;
    };
  }

  private static double @Nullable [] alongLast(Value value, Shape shape, Scope scope) {
    return broadcastConstant(scope, value)
        .flatMap(c -> ChannelAffine.perChannel(c.data(), shape, shape.rank() - 1))
        .orElse(null);
  }

  /** Whether every line along the result's last axis is one along the input's. */
  private static boolean leavesLines(UnaryView view) {
    int from = view.input().shape().rank() - 1;
    int to = view.result().shape().rank() - 1;
    if (from < 0
        || to < 0
        || view.input().shape().extent(from) != view.result().shape().extent(to)) {
      return false;
    }
    return switch (view) {
      case Reshape r -> true;
      case Transpose t -> t.permutation().get(to) == from;
      case Slice s -> s.strides().get(from) == 1;
      default -> false;
    };
  }

  private static Value repeated(UnaryView view, Value input, Scope scope) {
    Value result = scope.fresh(input.name(), view.result().type());
    UnaryView again =
        switch (view) {
          case Transpose t -> new Transpose(result, input, t.permutation(), t.location());
          case Slice s ->
              new Slice(result, input, s.starts(), s.limits(), s.strides(), s.location());
          default -> new Reshape(result, input, view.location());
        };
    return scope.define(again).result();
  }

  private static void define(
      Linear op, Value input, Gain gain, Constant weight, Optional<Constant> bias, Scope scope) {
    TensorData data = weight.data();
    Value scaled =
        constant(
            scope,
            weight.name(),
            TensorData.computed(data.shape(), new ScaledColumns(data, gain.gains)),
            op);
    Optional<Value> moved = op.bias();
    if (gain.isBiased) {
      String name = bias.map(Constant::name).orElse("");
      TensorData sums =
          TensorData.ofFloats(Shape.of(data.shape().extent(0)), sums(data, bias, gain));
      moved = Optional.of(constant(scope, name, sums, op));
    }
    scope.define(new Linear(op.result(), input, scaled, moved, op.location()));
  }

  /** w b + c. */
  private static float[] sums(TensorData weights, Optional<Constant> bias, Gain gain) {
    float[] out = new float[weights.shape().extent(0)];
    float[] row = new float[gain.biases.length];
    for (int o = 0; o < out.length; o++) {
      weights.copyFloats((long) o * row.length, row, row.length);
      double sum = bias.isPresent() ? bias.get().data().getDouble(o) : 0;
      for (int i = 0; i < row.length; i++) {
        sum += row[i] * gain.biases[i];
      }
      out[o] = (float) sum;
    }
    return out;
  }

  /** Weights [O, I] whose columns are multiplied when they are read. */
  private record ScaledColumns(TensorData weights, double[] factors) implements FloatReader {
    @Override
    public void read(long first, float[] out, int count) {
      weights.copyFloats(first, out, count);
      int column = (int) (first % factors.length);
      for (int i = 0; i < count; i++) {
        out[i] = (float) (out[i] * factors[column]);
        column = column + 1 == factors.length ? 0 : column + 1;
      }
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
