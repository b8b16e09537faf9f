package org.zkc.ir.tensor;

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
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewBuilder;

/**
 * Builds a function of the tensor level, for every front end: one method per op. {@link
 * TensorRules} infers each result's element type (f32, i64, i32, i1 and the others) and shape; a
 * view that changes nothing is its operand. Every op gets the location and name that {@link #at}
 * set last.
 *
 * <p>Operands that do not fit together, tensors of more than 2^28 elements, and constants that are
 * not finite are a {@link UserException} at that location.
 */
public class TensorBuilder extends ViewBuilder {
  /** Elements of a constant that are looked at in one go. */
  private static final int FINITE_BLOCK = 1 << 13;

  /** No tensor of a provable model comes near; a hostile model file could name any shape. */
  private static final long MAXIMAL_ELEMENTS = 1L << 28;

  /** Stands for a result whose type is not known yet. */
  private static final Value DRAFT = new Value("draft", new TensorType(DType.F32, Shape.of()));

  private final FunctionBuilder builder;
  private final Map<TensorData, Value> constants = new IdentityHashMap<>();
  private Location location = Location.UNKNOWN;
  private String hint = "x";

  /** A builder of the function {@code main}, which stands at {@code location}. */
  public TensorBuilder(Location location) {
    builder = new FunctionBuilder("main", location);
  }

  /**
   * Sets what the next ops come from.
   *
   * @param source the line of the user's model
   * @param resultName the name of the next results, numbered where there are several
   */
  public final void at(Location source, String resultName) {
    location = source;
    hint = resultName;
  }

  /** A new parameter, after those there are. */
  public final Value parameter(String name, TensorType type) {
    checkSize(type.shape());
    return builder.parameter(name, type);
  }

  /** The finished function. */
  public final org.zkc.ir.Function build(List<Value> results) {
    return builder.build(results);
  }

  /**
   * A constant of the data's element type; the same object is one constant.
   *
   * @param name the parameter's name in the model, empty where it has none
   */
  public Value constant(TensorData data, String name) {
    Value seen = constants.get(data);
    if (seen != null) {
      return seen;
    }
    requireFinite(data, name, location);
    Value result =
        builder.fresh(
            name.isEmpty() ? "constant" : name, new TensorType(data.dtype(), data.shape()));
    Value constant = emit(new Constant(result, name, data, location));
    constants.put(data, constant);
    return constant;
  }

  /** Refuses a constant with elements that are not finite in f32, at the location. */
  protected void requireFinite(TensorData data, String name, Location at) {
    if (!data.dtype().isFloating()) {
      return;
    }
    long count = data.elementCount();
    float[] block = new float[(int) Math.min(FINITE_BLOCK, count)];
    for (long from = 0; from < count; from += FINITE_BLOCK) {
      int size = (int) Math.min(FINITE_BLOCK, count - from);
      if (data.dtype() == DType.F32) {
        data.copyFloats(from, block, size);
      } else {
        for (int i = 0; i < size; i++) {
          block[i] = (float) data.getDouble(from + i);
        }
      }
      for (int i = 0; i < size; i++) {
        if (!Float.isFinite(block[i])) {
          throw new UserException(
              at,
              "%s holds %s at element %d: only finite numbers (in float32) can be proved; check the model's weights"
                  .formatted(
                      name.isEmpty() ? "a constant" : "parameter " + name,
                      (double) block[i],
                      from + i));
        }
      }
    }
  }

  /** An f32 constant without axes. */
  public final Value scalar(double value) {
    return constant(TensorData.ofFloats(Shape.of(), new float[] {(float) value}), "");
  }

  public final Value conv(
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

  public final Value linear(Value input, Value weight, Optional<Value> bias) {
    return op(r -> new Linear(r, input, weight, bias, location));
  }

  /** The matrix product of left and right; right has the leading axes of left, or none. */
  public final Value matMul(Value left, Value right) {
    return op(r -> new MatMul(r, left, right, location));
  }

  public final Value batchNorm(
      Value input,
      Optional<Value> weight,
      Optional<Value> bias,
      Value mean,
      Value variance,
      double epsilon) {
    return op(r -> new BatchNorm(r, input, weight, bias, mean, variance, epsilon, location));
  }

  public final Value maxPool(
      Value input,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> low,
      List<Integer> high,
      List<Integer> dilations) {
    return op(r -> new MaxPool(r, input, kernel, strides, low, high, dilations, location));
  }

  public final Value windowMean(
      Value input, int axis, List<Integer> starts, List<Integer> lengths, List<Integer> divisors) {
    return op(r -> new WindowMean(r, input, axis, starts, lengths, divisors, location));
  }

  public final Value add(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Add(r, a, b, location));
  }

  public final Value subtract(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Subtract(r, a, b, location));
  }

  public final Value multiply(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Multiply(r, a, b, location));
  }

  public final Value divide(Value left, Value right) {
    return together(left, right, (r, a, b) -> new Divide(r, a, b, location));
  }

  /** Quotients or remainders of integers. */
  public final Value divideIntegers(Value left, Value right, DivisionPart part) {
    return together(left, right, (r, a, b) -> new IntegerDivision(r, a, b, part, location));
  }

  /** A function of the bits of integers. */
  public final Value bitwise(Value left, Value right, BitOperation operation) {
    return together(left, right, (r, a, b) -> new Bitwise(r, a, b, operation, location));
  }

  /**
   * Integers or booleans in another element type, real numbers as integers towards zero; the
   * operand where it has the type.
   */
  public final Value cast(Value input, DType dtype) {
    return input.tensorType().dtype() == dtype
        ? input
        : op(r -> new Cast(r, input, dtype, location));
  }

  /** Whether each element is in the relation to 0. */
  public final Value compareZero(Value input, Comparison comparison) {
    return op(r -> new CompareZero(r, input, comparison, location));
  }

  /** Indices of an axis, negative ones counted from its end. */
  public final Value wrapped(Value indices, int extent) {
    return op(r -> new IndexWrap(r, indices, extent, location));
  }

  /** The rows of the table that the indices name. */
  public final Value gather(Value table, Value indices) {
    return op(r -> new Gather(r, table, indices, location));
  }

  public final Value relu(Value input) {
    return pointwise(input, Relu::new);
  }

  /** A record of a function of one element, as {@code Tanh::new}. */
  @FunctionalInterface
  public interface OfElement {
    Elementwise of(Value result, Value input, Location location);
  }

  public final Value pointwise(Value input, OfElement function) {
    return op(r -> function.of(r, input, location));
  }

  /** The named function of each element. */
  public final Value pointwise(Value input, ScalarFunction function, Double... parameters) {
    return op(r -> new Pointwise(r, input, function, List.of(parameters), location));
  }

  public final Value clamp(Value input, double low, double high) {
    return low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY
        ? input
        : op(r -> new Clamp(r, input, low, high, location));
  }

  public final Value softmax(Value input, int axis) {
    return op(r -> new Softmax(r, input, Optional.empty(), axis, location));
  }

  /**
   * Softmax over what a mask includes.
   *
   * @param mask i1, 1 for what is included; broadcast to the input's shape
   */
  public final Value softmax(Value input, Value mask, int axis) {
    Value all = broadcast(mask, input.shape());
    return op(r -> new Softmax(r, input, Optional.of(all), axis, location));
  }

  /** Softmax of the scores over their last axis, times values [..., o, s]. */
  public final Value attention(Value scores, Optional<Value> mask, Value values) {
    Optional<Value> all = mask.map(m -> broadcast(m, scores.shape()));
    return op(r -> new Attention(r, scores, all, values, location));
  }

  public final Value logSoftmax(Value input, int axis) {
    return op(r -> new LogSoftmax(r, input, axis, location));
  }

  /** {@code limit} exclusive, on one axis. */
  public final Value slice(Value input, int axis, int start, int limit, int stride) {
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
    TensorOp typed = op.of(result, broadcast(left, shape), broadcast(right, shape));
    inferred(() -> TensorRules.infer(typed));
    return emit(typed);
  }

  /** The shape that two broadcast to. */
  public final Shape broadcast(Shape left, Shape right) {
    return inferred(() -> Shapes.broadcast(left, right));
  }

  /** Appends an op, given its result; the type of that is what the rules infer. */
  public final Value op(Function<Value, TensorOp> op) {
    TensorType type = inferred(() -> TensorRules.infer(op.apply(DRAFT)));
    return emit(op.apply(result(type)));
  }

  /**
   * Appends an op and returns its result, or a value that holds the same.
   *
   * @param op the op, with a result of the inferred type
   */
  protected Value emit(TensorOp op) {
    return builder.append(op).result();
  }

  @Override
  protected final Value result(Type type) {
    checkSize(((TensorType) type).shape());
    return builder.fresh(hint, type);
  }

  @Override
  protected final Value append(View view) {
    return emit(view);
  }

  @Override
  protected final Location location() {
    return location;
  }

  private void checkSize(Shape shape) {
    if (shape.elementCount() > MAXIMAL_ELEMENTS) {
      throw new UserException(
          location,
          "a tensor of shape %s is too large: at most 2^28 elements can be proved"
              .formatted(shape));
    }
  }

  @Override
  protected final <T> T inferred(Supplier<T> rule) {
    try {
      return rule.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          location,
          "the shapes do not fit together: %s; check --input-shape".formatted(e.getMessage()));
    }
  }
}
