package org.zkc.passes.integer;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Type;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.MatMul;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WeightSums;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewBuilder;

/**
 * An integer-level function under construction. Each method appends one op and returns its result,
 * whose type it derives: shape, scale, and the interval that the operands' intervals allow. An
 * interval that leaves (-2^30, 2^30) is an error at the op's source line, so that a finished
 * function is total and unique (docs/protocol.md section 2).
 */
public final class IntegerBuilder extends ViewBuilder {
  private final FunctionBuilder out;
  private final Map<Value, WeightSums> sums = new IdentityHashMap<>();
  private final Map<Value, Op> definitions = new IdentityHashMap<>();

  /**
   * Name hint of the values that follow, what the user's source calls the op they belong to, and
   * its line.
   */
  private String hint = "v";

  private String source = "op";
  private Location location;

  public IntegerBuilder(String name, Location location) {
    this.out = new FunctionBuilder(name, location);
    this.location = location;
  }

  /**
   * Sets what the ops that follow belong to.
   *
   * @param newHint for names of values
   * @param newSource the op as errors call it, {@code conv}
   * @param newLocation its source line
   */
  public void at(String newHint, String newSource, Location newLocation) {
    this.hint = newHint;
    this.source = newSource;
    this.location = newLocation;
  }

  public Value input(String name, IntegerType type) {
    return out.parameter(name, type);
  }

  /** Integers of the model; {@code scale} is the real number that one unit stands for. */
  public Value parameter(String name, IntegerWeights weights, double scale) {
    Value result = op(scale, r -> new Parameter(r, name, weights, location));
    sums.put(result, weights.sums());
    return result;
  }

  public Value conv(
      Value input,
      Value weight,
      Optional<Value> bias,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> paddingHigh,
      List<Integer> dilations,
      int groups) {
    return op(r ->
        new Conv(
            r, input, weight, bias, strides, paddingLow, paddingHigh, dilations, groups, location));
  }

  public Value linear(Value input, Value weight, Optional<Value> bias) {
    return op(r -> new Linear(r, input, weight, bias, location));
  }

  /** The matrix product of left and right; right has the leading axes of left, or none. */
  public Value matMul(Value left, Value right) {
    return op(r -> new MatMul(r, left, right, location));
  }

  /** The rows of the table that the indices name. */
  public Value gather(Value table, Value indices) {
    return op(r -> new Gather(r, table, indices, location));
  }

  /** clamp((x + half) >> shift, low, high); the scale grows by 2^shift. */
  public Value requantize(Value input, int shift, long low, long high) {
    if (WideClamp.of(interval(input), shift, new Interval(low, high)).isEmpty()) {
      checkTable(input, shift);
    }
    return op(r -> new Requantize(r, input, shift, low, high, location));
  }

  /** Entries for inputs first, first + 1, ..., saturating; {@code scale} is that of the entries. */
  public Value table(Value input, long first, TensorData entries, double scale) {
    checkTable(input, 0);
    return op(scale, r -> new Table(r, input, first, entries, location));
  }

  /** Entries for (x + half) >> shift from {@code first}, saturating. */
  public Value requantizeTable(
      Value input, int shift, long first, TensorData entries, double scale) {
    checkTable(input, shift);
    return op(scale, r -> new RequantizeTable(r, input, shift, first, entries, location));
  }

  /**
   * Entries for (max along an axis - x) >> shift from 0, saturating; {@code scale} is that of the
   * entries.
   */
  public Value exponentials(Value input, int axis, int shift, TensorData entries, double scale) {
    checkRows(IntegerRules.rows(interval(input), shift), input);
    return op(scale, r -> new Exponentials(r, input, axis, shift, entries, location));
  }

  public Value add(Value left, Value right) {
    return op(r -> new Add(r, left, right, location));
  }

  public Value subtract(Value left, Value right) {
    return op(r -> new Subtract(r, left, right, location));
  }

  public Value multiply(Value left, Value right) {
    return op(r -> new Multiply(r, left, right, location));
  }

  /** x times factor, read at {@code scale}. */
  public Value scale(Value input, long factor, double scale) {
    return op(scale, r -> new Scale(r, input, factor, location));
  }

  public Value windowSum(
      Value input,
      int axis,
      List<Integer> starts,
      List<Integer> lengths,
      List<Integer> factors,
      double scale) {
    return op(scale, r -> new WindowSum(r, input, axis, starts, lengths, factors, location));
  }

  public Value windowMax(
      Value input, int axis, int positions, int size, int stride, int dilation, int paddingLow) {
    IntegerType windows = input.integerType().withShape(input.shape().with(axis, positions));
    return op(
        windows, r -> new WindowMax(r, input, axis, size, stride, dilation, paddingLow, location));
  }

  /**
   * numerator / denominator in units of 2^-bits, read at {@code scale}.
   *
   * @param low the least quotient that any run can have
   * @param high the greatest quotient that any run can have
   * @throws IllegalArgumentException when d > 0 cannot hold, or the remainder would reach p
   */
  public Value roundedQuotient(
      Value numerator, Value denominator, int bits, long low, long high, double scale) {
    return op(
        scale, r -> new RoundedQuotient(r, numerator, denominator, bits, low, high, location));
  }

  /** floor(sqrt(constant + sum of squares over the last axis)), at the input's scale. */
  public Value euclideanNorm(Value input, long constant) {
    return op(r -> new EuclideanNorm(r, input, constant, location));
  }

  /**
   * The input times 2^exponents[i], i the channel on the last axis, over its norm along that axis,
   * the constant among the squares; one unit of the result stands for {@code scale}.
   *
   * @param exponents one per channel, or none
   */
  public Value normalize(Value input, long constant, List<Integer> exponents, double scale) {
    return op(scale, r -> new Normalize(r, input, constant, exponents, location));
  }

  /** A view of the tensor level, on the integers that stand for its operands; the scale stays. */
  public Value viewOfReals(View view, List<Value> operands) {
    double scale = operands.getFirst().integerType().scale();
    return lower(view, operands, real -> (long) Math.rint(real.doubleValue() / scale));
  }

  public org.zkc.ir.Function build(List<Value> results) {
    return out.build(new ArrayList<>(results));
  }

  public static Interval interval(Value value) {
    return Interval.of(value.integerType());
  }

  @Override
  protected Value result(Type type) {
    Interval interval = Interval.of((IntegerType) type);
    if (!interval.isInsideLimit()) {
      throw new UserException(
          location,
          "the integers of this %s can reach [%d, %d], outside the 31-bit field's (-2^30, 2^30); %s"
              .formatted(
                  source, interval.low(), interval.high(), remedy(((IntegerType) type).scale())));
    }
    return out.fresh(hint, type);
  }

  /**
   * The remedy for integers that reach too far. Those in units of 1 are the model's own numbers,
   * which no choice of bits makes smaller.
   */
  private static String remedy(double scale) {
    return scale == 1
        ? "they are exact, whatever the --bits: clamp its operands in the model to the range that"
            + " they need, or divide them"
        : "compile with fewer --bits";
  }

  @Override
  protected Value append(View view) {
    definitions.put(view.result(), view);
    return out.value(view);
  }

  /** A bound on the 2-norms of a value's lines along its last axis, where there is one. */
  public OptionalLong lineNorm(Value value) {
    return LineNorms.of(value, this::definition);
  }

  /** The op that defines a value; empty for inputs. */
  public Optional<Op> definition(Value value) {
    return Optional.ofNullable(definitions.get(value));
  }

  @Override
  protected Location location() {
    return location;
  }

  /** An op whose scale its operands give. */
  private Value op(Function<Value, IntegerOp> op) {
    return op(1, op);
  }

  /** An op that leaves the scale free. */
  private Value op(double scale, Function<Value, IntegerOp> op) {
    return op(new IntegerType(Shape.of(), 0, 0, scale), op);
  }

  /**
   * Appends an op; {@code draft} has what the op leaves to its result, the rules infer the rest.
   */
  private Value op(IntegerType draft, Function<Value, IntegerOp> op) {
    IntegerOp drafted = op.apply(new Value("draft", draft));
    IntegerOp made = op.apply(result(IntegerRules.infer(drafted, new OverAllChannels())));
    definitions.put(made.result(), made);
    return out.value(made);
  }

  /** Bounds over all channels, as the verifier has them of the model. */
  private final class OverAllChannels implements IntegerRules.LinearBounds {
    @Override
    public Interval of(Interval input, OptionalLong line, Value weight, Optional<Value> bias) {
      WeightSums w =
          Objects.requireNonNull(sums.get(weight), "weights are parameters of this builder");
      Interval product =
          LineNorms.within(input.weighted(w.mostPositive(), w.mostNegative()), line, w.mostNorm());
      return bias.map(b -> product.plus(interval(b))).orElse(product);
    }

    @Override
    public OptionalLong line(Value value) {
      return lineNorm(value);
    }

    @Override
    public Optional<Op> definition(Value value) {
      return IntegerBuilder.this.definition(value);
    }
  }

  /** The circuit's table covers every integer that its operand can reach. */
  private void checkTable(Value input, int shift) {
    Interval reached = interval(input);
    checkRows(reached.shiftRounded(shift).size(), input);
    if (!TableWindow.isSound(reached, shift)) {
      throw new UserException(
          location,
          "the sums of this %s reach from %d to %d, which leaves no room to round them by 2^%d; %s"
              .formatted(
                  source,
                  reached.low(),
                  reached.high(),
                  shift,
                  remedy(input.integerType().scale())));
    }
  }

  private void checkRows(long rows, Value input) {
    if (rows > FieldBounds.MAX_TABLE_ROWS) {
      throw new UserException(
          location,
          "the result of this %s can reach %d different integers, a table has at most %d; %s"
              .formatted(
                  source, rows, FieldBounds.MAX_TABLE_ROWS, remedy(input.integerType().scale())));
    }
  }
}
