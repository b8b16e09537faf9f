package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Type;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.LogSoftmax;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TensorRules;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewBuilder;
import org.zkc.passes.tensor.ConstantFolding;

/**
 * Builds main of the tensor-level program: one method per op, which infers the result's shape,
 * leaves out ops that change nothing, folds ops on constants, and gives every op the location and
 * name of the torch op that is being lowered. A shape that does not fit is a {@link UserException}
 * there.
 */
final class TensorEmitter extends ViewBuilder {
  /** Elements of a constant that are looked at in one go. */
  private static final int FINITE_BLOCK = 1 << 13;

  /** No tensor of a provable model comes near; a hostile archive could name any shape. */
  private static final long MAXIMAL_ELEMENTS = 1L << 28;

  /** Stands for a result whose type is not known yet. */
  private static final Value DRAFT = new Value("draft", new TensorType(DType.F32, Shape.of()));

  private final FunctionBuilder builder;
  private final Map<Value, Constant> known = new IdentityHashMap<>();
  private final Map<TensorData, Value> constants = new IdentityHashMap<>();
  private Location location = Location.UNKNOWN;
  private String hint = "x";
  private int operations;
  private long computedElements;

  TensorEmitter(org.zkc.ir.Function main) {
    builder = new FunctionBuilder("main", main.location());
  }

  /** Sets what the next ops are lowered from. */
  void at(Location torchLocation, String resultName) {
    location = torchLocation;
    hint = resultName;
  }

  Value parameter(String name, Shape shape) {
    return builder.parameter(name, new TensorType(DType.F32, checkSize(shape)));
  }

  org.zkc.ir.Function build(List<Value> results) {
    return builder.build(results);
  }

  /** How many operations were emitted, constants among them. */
  int operations() {
    return operations;
  }

  /** Elements of all constants that were computed here. */
  long computedElements() {
    return computedElements;
  }

  /** The elements of a value that does not depend on the input. */
  Optional<Constant> known(Value value) {
    return Optional.ofNullable(known.get(value));
  }

  /** A constant as an f32 value; the same data is emitted once. */
  Value constant(TensorData data, String name) {
    Value seen = constants.get(data);
    if (seen != null) {
      return seen;
    }
    TensorData floats = data;
    if (data.dtype() != DType.F32) {
      floats = asFloats(data);
      computedElements += data.elementCount();
    }
    requireFinite(floats, name);
    Value result =
        builder.fresh(name.isEmpty() ? "constant" : name, new TensorType(DType.F32, data.shape()));
    Constant op = added(new Constant(result, name, floats, location));
    known.put(result, op);
    constants.put(data, result);
    return result;
  }

  private void requireFinite(TensorData floats, String name) {
    float[] block = new float[(int) Math.min(FINITE_BLOCK, floats.elementCount())];
    for (long from = 0; from < floats.elementCount(); from += FINITE_BLOCK) {
      int count = (int) Math.min(FINITE_BLOCK, floats.elementCount() - from);
      floats.copyFloats(from, block, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(block[i])) {
          throw new UserException(
              location,
              "%s holds %s at element %d: only finite numbers (in float32) can be proved; check the model's weights"
                  .formatted(
                      name.isEmpty() ? "a constant" : "parameter " + name,
                      (double) block[i],
                      from + i));
        }
      }
    }
  }

  private TensorData asFloats(TensorData data) {
    float[] floats = data.toFloats();
    if (!data.dtype().isFloating()) {
      for (int i = 0; i < floats.length; i++) {
        if ((long) floats[i] != data.getLong(i)) {
          throw new UserException(
              location,
              "the integer %d cannot take part in f32 arithmetic: it is not exact there"
                  .formatted(data.getLong(i)));
        }
      }
    }
    return TensorData.ofFloats(data.shape(), floats);
  }

  Value scalar(double value) {
    return constant(TensorData.ofFloats(Shape.of(), new float[] {(float) value}), "");
  }

  Value conv(
      Value input,
      Value weight,
      Optional<Value> bias,
      List<Integer> strides,
      List<Integer> low,
      List<Integer> high,
      List<Integer> dilations,
      int groups) {
    return op(
        r -> new Conv(r, input, weight, bias, strides, low, high, dilations, groups, location));
  }

  Value linear(Value input, Value weight, Optional<Value> bias) {
    return op(r -> new Linear(r, input, weight, bias, location));
  }

  /** The matrix product of left and right; right has the leading axes of left, or none. */
  Value matMul(Value left, Value right) {
    return op(r -> new MatMul(r, left, right, location));
  }

  Value batchNorm(
      Value input,
      Optional<Value> weight,
      Optional<Value> bias,
      Value mean,
      Value variance,
      double epsilon) {
    return op(r -> new BatchNorm(r, input, weight, bias, mean, variance, epsilon, location));
  }

  Value maxPool(
      Value input,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> low,
      List<Integer> high,
      List<Integer> dilations) {
    return op(r -> new MaxPool(r, input, kernel, strides, low, high, dilations, location));
  }

  Value windowMean(
      Value input, int axis, List<Integer> starts, List<Integer> lengths, List<Integer> divisors) {
    return op(r -> new WindowMean(r, input, axis, starts, lengths, divisors, location));
  }

  Value add(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Add(r, a, b, location));
  }

  Value subtract(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Subtract(r, a, b, location));
  }

  Value multiply(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Multiply(r, a, b, location));
  }

  Value divide(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Divide(r, a, b, location));
  }

  Value relu(Value input) {
    return pointwise(input, Relu::new);
  }

  /** A record of a function of one element, as {@code Tanh::new}. */
  @FunctionalInterface
  interface Pointwise {
    Elementwise of(Value result, Value input, Location location);
  }

  Value pointwise(Value input, Pointwise function) {
    return op(r -> function.of(r, input, location));
  }

  Value clamp(Value input, double low, double high) {
    return low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY
        ? input
        : op(r -> new Clamp(r, input, low, high, location));
  }

  Value softmax(Value input, int axis) {
    return op(r -> new Softmax(r, input, axis, location));
  }

  Value logSoftmax(Value input, int axis) {
    return op(r -> new LogSoftmax(r, input, axis, location));
  }

  /** {@code limit} exclusive, on one axis. */
  Value slice(Value input, int axis, int start, int limit, int stride) {
    Shape in = input.shape();
    List<Integer> starts = new ArrayList<>();
    List<Integer> limits = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int k = 0; k < in.rank(); k++) {
      starts.add(k == axis ? start : 0);
      limits.add(k == axis ? limit : in.extent(k));
      strides.add(k == axis ? stride : 1);
    }
    return slice(input, starts, limits, strides);
  }

  /** An op on two operands of one shape. */
  @FunctionalInterface
  private interface Pairwise {
    TensorOp of(Value result, Value left, Value right);
  }

  /** The op on operands that are broadcast to one shape. */
  private Value together(Value left, Value right, Pairwise op) {
    Shape shape = inferred(() -> Shapes.broadcast(left.shape(), right.shape()));
    // The result is named first: broadcasts get the numbered names.
    Value result = result(new TensorType(left.tensorType().dtype(), shape));
    return emit(op.of(result, broadcast(left, shape), broadcast(right, shape)));
  }

  /** The shape that two broadcast to. */
  Shape broadcast(Shape left, Shape right) {
    return inferred(() -> Shapes.broadcast(left, right));
  }

  /** Appends an op, given its result; the type of that is what the rules infer. */
  Value op(Function<Value, TensorOp> op) {
    TensorType type = inferred(() -> TensorRules.infer(op.apply(DRAFT)));
    return emit(op.apply(result(type)));
  }

  private Value emit(TensorOp op) {
    Optional<Constant> folded = ConstantFolding.fold(op, v -> Optional.ofNullable(known.get(v)));
    if (folded.isPresent()) {
      Constant constant = added(folded.get());
      computedElements += constant.data().elementCount();
      known.put(constant.result(), constant);
      return constant.result();
    }
    return added(op).result();
  }

  private <T extends TensorOp> T added(T op) {
    operations++;
    return builder.append(op);
  }

  @Override
  protected Value result(Type type) {
    checkSize(((TensorType) type).shape());
    return builder.fresh(hint, type);
  }

  @Override
  protected Value append(View view) {
    return emit(view);
  }

  @Override
  protected Location location() {
    return location;
  }

  private Shape checkSize(Shape shape) {
    if (shape.elementCount() > MAXIMAL_ELEMENTS) {
      throw new UserException(
          location,
          "a tensor of shape %s is too large: at most 2^28 elements can be proved"
              .formatted(shape));
    }
    return shape;
  }

  @Override
  protected <T> T inferred(Supplier<T> rule) {
    try {
      return rule.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          location,
          "the shapes do not fit together: %s; check --input-shape".formatted(e.getMessage()));
    }
  }
}
