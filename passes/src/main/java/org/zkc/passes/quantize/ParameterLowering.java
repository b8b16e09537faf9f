package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleToLongFunction;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.integer.IntegerBuilder;

/** Emits constants of the tensor level as parameters of the integer program. */
final class ParameterLowering {
  /** Constants that are multiplied elementwise have 8 bits. */
  private static final double LIMIT = 127;

  private final TensorAnalysis analysis;
  private final IntegerBuilder out;
  private final Map<String, Integer> uses = new HashMap<>();

  ParameterLowering(TensorAnalysis analysis, IntegerBuilder out) {
    this.analysis = analysis;
    this.out = out;
  }

  /** The constant, or view of one, as integers at scale {@code a}. */
  Value constant(Value value, double a) {
    TensorOp op = analysis.definition(value);
    if (op instanceof Constant c) {
      return rounded(
          c.name().isEmpty() ? value.name() : c.name(), c.data().toDoubles(), c.data().shape(), a);
    }
    return out.viewOfReals((UnaryView) op, List.of(constant(op.operands().getFirst(), a)));
  }

  /** The integers that a function makes of a constant's elements, or of those of a view of one. */
  Value mapped(Value value, String name, DoubleToLongFunction function, double a) {
    TensorOp op = analysis.definition(value);
    if (op instanceof Constant c) {
      long[] integers = Arrays.stream(c.data().toDoubles()).mapToLong(function).toArray();
      return integers(unique(value.name() + "." + name), c.data().shape(), integers, a);
    }
    return out.viewOfReals(
        (UnaryView) op, List.of(mapped(op.operands().getFirst(), name, function, a)));
  }

  /** The constant, or view of one, as integers of 8 bits. */
  Value constant(Value value) {
    return constant(value, magnitude(value) / LIMIT);
  }

  /** {@code reals} as integers of 8 bits, in a parameter of that name. */
  Value rounded(String name, double[] reals, Shape shape) {
    double most = Arrays.stream(reals).map(Math::abs).max().orElse(1);
    return rounded(name, reals, shape, (most == 0 ? 1 : most) / LIMIT);
  }

  /** {@code reals} in units of {@code a}, rounded half to even, in a parameter of that name. */
  Value rounded(String name, double[] reals, Shape shape, double a) {
    long[] integers = new long[reals.length];
    for (int i = 0; i < reals.length; i++) {
      integers[i] = (long) Math.rint(reals[i] / a);
    }
    return integers(unique(name), shape, integers, a);
  }

  private Value integers(String name, Shape shape, long[] integers, double a) {
    // A tensor of the model commitment has an axis 0.
    Shape committed = shape.rank() == 0 ? Shape.of(1) : shape;
    Value value =
        out.parameter(
            name, IntegerWeights.of(TensorData.ofLongs(DType.I32, committed, integers)), a);
    return shape.rank() == 0 ? out.reshape(value, shape) : value;
  }

  /** A parameter read by several ops is quantised for each; all but the first get a number. */
  String unique(String name) {
    int before = uses.merge(name, 1, Integer::sum) - 1;
    return before == 0 ? name : name + "#" + before;
  }

  /** The largest magnitude of the constant's elements; 1 where all are 0. */
  double magnitude(Value constant) {
    TensorOp op = analysis.definition(constant);
    if (!(op instanceof Constant c)) {
      return magnitude(op.operands().getFirst());
    }
    double most = 0;
    for (long i = 0; i < c.data().elementCount(); i++) {
      most = Math.max(most, Math.abs(c.data().getDouble(i)));
    }
    return most == 0 ? 1 : most;
  }
}
