package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * Real numbers that are certainly integers of few bits: booleans as numbers, bounded numbers that
 * were rounded, and what sums, products and linear maps with integers for weights make of them.
 * They are computed exactly, in units of 1, so that a count is equal to the number that it is
 * compared with. Counts of paths in trees are of this kind.
 */
final class IntegralValues {
  private static final double MOST = 1 << 20;

  /** Rounded numbers below this have a table of their own wherever they come from. */
  private static final double MOST_ROUNDED = 1 << 12;

  /** The greatest magnitude of each. */
  private final Map<Value, Double> magnitudes = new IdentityHashMap<>();

  private final Function<Value, Optional<Constant>> constants;

  private final ToDoubleFunction<Value> bound;

  /**
   * @param constants the op of a constant, also of one that is broadcast or reshaped; empty for
   *     other values
   * @param bound the greatest magnitude that a value may have, infinite where it is not known
   */
  IntegralValues(Function<Value, Optional<Constant>> constants, ToDoubleFunction<Value> bound) {
    this.constants = constants;
    this.bound = bound;
  }

  boolean contains(Value value) {
    return magnitudes.containsKey(value);
  }

  /** Enters the op's result where it is integral; operands come before. */
  void see(TensorOp op) {
    double magnitude =
        switch (op) {
          case Cast c when c.dtype() == DType.F32 && c.input().tensorType().dtype() == DType.I1 ->
              1;
          case Pointwise p when StepLowering.isRounding(p) ->
              contains(p.input())
                  ? computed(p.input())
                  : rounded(Math.ceil(bound.applyAsDouble(p.input())));
          case Relu r -> computed(r.input());
          case Clamp c when isWhole(c.low()) && isWhole(c.high()) -> computed(c.input());
          case Concatenate c ->
              c.inputs().stream().anyMatch(this::contains)
                  ? c.inputs().stream().mapToDouble(this::of).max().orElse(MOST)
                  : MOST;
          case WindowMean w when w.divisors().stream().allMatch(d -> d == 1) ->
              computed(w.input()) * w.lengths().stream().mapToInt(n -> n).max().orElse(1);
          case Reshape r -> computed(r.input());
          case Transpose t -> computed(t.input());
          case Slice s -> computed(s.input());
          case Broadcast b -> computed(b.input());
          case Linear l -> ofLinear(l);
          case Add a -> any(a.left(), a.right()) ? of(a.left()) + of(a.right()) : MOST;
          case Subtract s -> any(s.left(), s.right()) ? of(s.left()) + of(s.right()) : MOST;
          case Multiply m -> any(m.left(), m.right()) ? of(m.left()) * of(m.right()) : MOST;
          default -> MOST;
        };
    if (magnitude < MOST) {
      magnitudes.put(op.result(), magnitude);
    }
  }

  private static boolean isWhole(double bound) {
    return Double.isInfinite(bound) || bound == Math.rint(bound);
  }

  private static double rounded(double magnitude) {
    return magnitude < MOST_ROUNDED ? magnitude : MOST;
  }

  private boolean any(Value left, Value right) {
    return contains(left) || contains(right);
  }

  private double computed(Value value) {
    return magnitudes.getOrDefault(value, MOST);
  }

  /** The greatest magnitude of an integral value or constant; {@link #MOST} for any other. */
  private double of(Value value) {
    return contains(value)
        ? computed(value)
        : constants.apply(value).map(c -> ofConstant(c.data())).orElse(MOST);
  }

  private static double ofConstant(TensorData data) {
    double most = 0;
    for (long i = 0; i < data.elementCount() && most < MOST; i++) {
      double x = data.getDouble(i);
      most = x == Math.rint(x) ? Math.max(most, Math.abs(x)) : MOST;
    }
    return most;
  }

  private double ofLinear(Linear l) {
    Optional<Constant> weight = constants.apply(l.weight());
    if (!contains(l.input()) || weight.isEmpty() || weight.get().result() != l.weight()) {
      return MOST;
    }
    double bias = l.bias().map(this::of).orElse(0.0);
    return computed(l.input()) * ofConstant(weight.get().data()) * l.weight().shape().extent(1)
        + bias;
  }
}
