package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.UnaryView;

/** The range that certainly holds each float value of a function, for every input. */
final class ValueBounds {
  /** All elements of a value lie in [low, high]. */
  record Bounds(double low, double high) {
    static final Bounds NONE = new Bounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    Bounds clamp(double least, double greatest) {
      return new Bounds(Math.clamp(low, least, greatest), Math.clamp(high, least, greatest));
    }

    Bounds hull(Bounds other) {
      return new Bounds(Math.min(low, other.low), Math.max(high, other.high));
    }

    double magnitude() {
      return Math.max(Math.abs(low), Math.abs(high));
    }
  }

  /** Elements of a constant that are read at a time. */
  private static final int PART = 1 << 13;

  private final Uses uses;
  private final Map<Value, Bounds> bounds = new IdentityHashMap<>();

  ValueBounds(Uses uses) {
    this.uses = uses;
  }

  /** Enters the op's result; its operands come before. */
  void see(TensorOp op) {
    bounds.put(op.definitions().getFirst(), boundsOf(op));
  }

  /** The value's bounds; a constant's elements are read when its bounds are asked for. */
  Bounds of(Value value) {
    Bounds known = bounds.get(value);
    if (known != null) {
      return known;
    }
    if (TensorAnalysis.isExact(value)
        || !(uses.definition(value).orElse(null) instanceof Constant constant)) {
      return Bounds.NONE;
    }
    Bounds found = ofElements(constant.data());
    bounds.put(value, found);
    return found;
  }

  private Bounds boundsOf(TensorOp op) {
    return switch (op) {
      case Relu r -> of(r.input()).clamp(0, Double.POSITIVE_INFINITY);
      case Clamp c -> of(c.input()).clamp(c.low(), c.high());
      case FakeQuantize f -> new Bounds(f.scale() * f.low(), f.scale() * f.high());
      case Pointwise p when StepLowering.isRounding(p) -> {
        Bounds from = of(p.input());
        yield new Bounds(Math.floor(from.low), Math.ceil(from.high));
      }
      case Activation t -> new Bounds(t.range().low(), t.range().high());
      case Normalization n -> new Bounds(n.range().low(), n.range().high());
      // A mean of the values.
      case Attention a -> of(a.values());
      case MaxPool m -> of(m.input());
      case WindowMean m -> windows(m);
      case Pad p ->
          of(p.input()).hull(new Bounds(p.value().doubleValue(), p.value().doubleValue()));
      case Concatenate c ->
          c.inputs().stream().map(this::of).reduce(Bounds::hull).orElse(Bounds.NONE);
      case Cast c when c.input().tensorType().dtype() == DType.I1 -> new Bounds(0, 1);
      case Gather g -> of(g.table());
      case Constant c -> ofElements(c.data());
      case Add a -> sum(of(a.left()), of(a.right()));
      case Multiply m when m.left() == m.right() -> {
        Bounds of = product(of(m.left()), of(m.left()));
        yield of.clamp(0, Double.POSITIVE_INFINITY);
      }
      case Multiply m -> product(of(m.left()), of(m.right()));
      case Divide d when of(d.right()).low > 0 -> {
        Bounds by = of(d.right());
        yield product(of(d.left()), new Bounds(1 / by.high, 1 / by.low));
      }
      case MatMul m -> {
        Bounds one = product(of(m.left()), of(m.right()));
        int terms = m.left().shape().extent(m.left().shape().rank() - 1);
        yield new Bounds(times(one.low, terms), times(one.high, terms));
      }
      default -> op instanceof UnaryView ? of(op.operands().getFirst()) : Bounds.NONE;
    };
  }

  private static Bounds ofElements(TensorData data) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    if (data.dtype() != DType.F32) {
      for (long i = 0; i < data.elementCount(); i++) {
        low = Math.min(low, data.getDouble(i));
        high = Math.max(high, data.getDouble(i));
      }
    } else {
      float[] part = new float[(int) Math.min(PART, data.elementCount())];
      for (long first = 0; first < data.elementCount(); first += part.length) {
        int count = (int) Math.min(part.length, data.elementCount() - first);
        data.copyFloats(first, part, count);
        for (int i = 0; i < count; i++) {
          low = Math.min(low, part[i]);
          high = Math.max(high, part[i]);
        }
      }
    }
    return low <= high ? new Bounds(low, high) : Bounds.NONE;
  }

  /** A mean lies in the hull of its elements and 0, a sum as far from 0 as it has elements. */
  private Bounds windows(WindowMean op) {
    Bounds of = of(op.input()).hull(new Bounds(0, 0));
    double most = 1;
    for (int j = 0; j < op.lengths().size(); j++) {
      most = Math.max(most, (double) op.lengths().get(j) / op.divisors().get(j));
    }
    return new Bounds(times(of.low, most), times(of.high, most));
  }

  private static Bounds product(Bounds a, Bounds b) {
    double[] corners = {
      times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)
    };
    return new Bounds(
        Arrays.stream(corners).min().orElseThrow(), Arrays.stream(corners).max().orElseThrow());
  }

  /** The product, 0 where a factor is 0: bounds that are infinite stand for finite numbers. */
  private static double times(double a, double b) {
    return a == 0 || b == 0 ? 0 : a * b;
  }

  private static Bounds sum(Bounds a, Bounds b) {
    return new Bounds(a.low + b.low, a.high + b.high);
  }
}
