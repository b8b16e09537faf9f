package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.passes.Rewrite.Scope;

/**
 * y = scale[c] x + shift[c], c the index on one axis, in double precision. After a linear map with
 * constant parameters it is part of that map: scale (W x + b) + shift = (scale W) x + (scale b +
 * shift).
 */
record ChannelAffine(double[] scale, double[] shift) {

  /**
   * The axis of the op's result that its weight's first axis runs along; empty for ops other than
   * Conv and Linear.
   */
  static Optional<Integer> outputAxis(Op op) {
    return switch (op) {
      case Conv c -> Optional.of(1);
      case Linear l -> Optional.of(l.result().shape().rank() - 1);
      default -> Optional.empty();
    };
  }

  /**
   * Per index on {@code axis} of a value of shape {@code result}, the constant's element; empty
   * when it varies otherwise.
   */
  static Optional<double[]> perChannel(TensorData constant, Shape result, int axis) {
    Shape shape = constant.shape();
    int own = axis - (result.rank() - shape.rank());
    for (int k = 0; k < shape.rank(); k++) {
      if (k != own && shape.extent(k) != 1) {
        return Optional.empty();
      }
    }
    double[] out = new double[result.extent(axis)];
    boolean single = constant.elementCount() == 1;
    for (int i = 0; i < out.length; i++) {
      out[i] = constant.getDouble(single ? 0 : i);
    }
    return Optional.of(out);
  }

  /**
   * Defines {@code result} as {@code map} followed by this; false, and nothing is done, when the
   * map's parameters are not constant.
   */
  boolean foldInto(Op map, Value result, Scope scope) {
    return switch (map) {
      case Conv c -> {
        Optional<Parameters> p = parameters(c, c.weight(), c.bias(), scope);
        p.ifPresent(f ->
            scope.define(
                new Conv(
                    result,
                    c.input(),
                    f.weight(),
                    Optional.of(f.bias()),
                    c.strides(),
                    c.paddingLow(),
                    c.paddingHigh(),
                    c.dilations(),
                    c.groups(),
                    c.location())));
        yield p.isPresent();
      }
      case Linear l -> {
        Optional<Parameters> p = parameters(l, l.weight(), l.bias(), scope);
        p.ifPresent(f ->
            scope.define(
                new Linear(result, l.input(), f.weight(), Optional.of(f.bias()), l.location())));
        yield p.isPresent();
      }
      default -> false;
    };
  }

  private record Parameters(Value weight, Value bias) {}

  private Optional<Parameters> parameters(Op map, Value weight, Optional<Value> bias, Scope scope) {
    Optional<Constant> w = TensorRewrite.constant(scope, weight);
    Optional<Constant> b = bias.flatMap(v -> TensorRewrite.constant(scope, v));
    if (w.isEmpty() || (bias.isPresent() && b.isEmpty())) {
      return Optional.empty();
    }
    float[] folded = w.get().data().toFloats();
    int perOutput = folded.length / scale.length;
    for (int i = 0; i < folded.length; i++) {
      folded[i] = (float) (folded[i] * scale[i / perOutput]);
    }
    float[] shifts = new float[scale.length];
    for (int o = 0; o < shifts.length; o++) {
      double own = b.isPresent() ? b.get().data().getDouble(o) : 0;
      shifts[o] = (float) (scale[o] * own + shift[o]);
    }
    String name = w.get().name();
    Value newWeight =
        TensorRewrite.constant(
            scope, suffixed(name), TensorData.ofFloats(weight.shape(), folded), map);
    String biasName = b.map(Constant::name).orElse(name.isEmpty() ? "" : name + ".shift");
    Value newBias =
        TensorRewrite.constant(
            scope, suffixed(biasName), TensorData.ofFloats(Shape.of(shifts.length), shifts), map);
    return Optional.of(new Parameters(newWeight, newBias));
  }

  private static String suffixed(String name) {
    return name.isEmpty() || name.endsWith(".folded") ? name : name + ".folded";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelAffine that
        && Arrays.equals(scale, that.scale)
        && Arrays.equals(shift, that.shift);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(scale) + Arrays.hashCode(shift);
  }
}
