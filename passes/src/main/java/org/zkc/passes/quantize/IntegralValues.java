package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * Real numbers that are certainly integers of few bits: booleans as numbers, and what sums,
 * products and linear maps with integers for weights make of them. They are computed exactly, in
 * units of 1, so that a count is equal to the number that it is compared with. Counts of paths in
 * trees are of this kind.
 */
final class IntegralValues {
  private static final double MOST = 1 << 20;

  /** The greatest magnitude of each. */
  private final Map<Value, Double> magnitudes = new IdentityHashMap<>();

  private final Function<Value, Optional<Constant>> constants;

  /**
   * @param constants the op of a constant, also of one that is broadcast or reshaped; empty for
   *     other values
   */
  IntegralValues(Function<Value, Optional<Constant>> constants) {
    this.constants = constants;
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
