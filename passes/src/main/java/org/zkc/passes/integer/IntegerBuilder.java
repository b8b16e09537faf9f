package org.zkc.passes.integer;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Function;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Type;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WeightSums;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
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
    WeightSums found = weights.sums();
    Value result = fresh(weights.shape(), found.elements(), scale);
    sums.put(result, found);
    return out.value(new Parameter(result, name, weights, location));
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
    Shape shape =
        Shapes.conv(
            input.shape(),
            weight.shape(),
            bias.map(Value::shape),
            strides,
            paddingLow,
            paddingHigh,
            dilations,
            groups);
    Value result = fresh(shape, weighted(input, weight, bias), productScale(input, weight));
    return out.value(
        new Conv(
            result,
            input,
            weight,
            bias,
            strides,
            paddingLow,
            paddingHigh,
            dilations,
            groups,
            location));
  }

  public Value linear(Value input, Value weight, Optional<Value> bias) {
    Shape shape = Shapes.linear(input.shape(), weight.shape(), bias.map(Value::shape));
    Value result = fresh(shape, weighted(input, weight, bias), productScale(input, weight));
    return out.value(new Linear(result, input, weight, bias, location));
  }

  private Interval weighted(Value input, Value weight, Optional<Value> bias) {
    WeightSums w =
        Objects.requireNonNull(sums.get(weight), "weights are parameters of this builder");
    // Bounds over all channels, as the verifier has them of the model, and not channel by channel.
    Interval product = interval(input).weighted(w.mostPositive(), w.mostNegative());
    return bias.map(b -> product.plus(interval(b))).orElse(product);
  }

  /** clamp((x + half) >> shift, low, high); the scale grows by 2^shift. */
  public Value requantize(Value input, int shift, long low, long high) {
    Interval window = interval(input).shiftRounded(shift);
    checkTable(window);
    Interval interval = window.clamp(low, high);
    Value result = fresh(input.shape(), interval, input.integerType().scale() * (1L << shift));
    return out.value(new Requantize(result, input, shift, low, high, location));
  }

  /** Entries for inputs first, first + 1, ..., saturating; {@code scale} is that of the entries. */
  public Value table(Value input, long first, TensorData entries, double scale) {
    checkTable(interval(input));
    Value result = fresh(input.shape(), TableIntervals.of(interval(input), first, entries), scale);
    return out.value(new Table(result, input, first, entries, location));
  }

  public Value add(Value left, Value right) {
    Interval interval = interval(left).plus(interval(right));
    Value result =
        fresh(Shapes.elementwise(left.shape(), right.shape()), interval, commonScale(left, right));
    return out.value(new Add(result, left, right, location));
  }

  public Value subtract(Value left, Value right) {
    Interval interval = interval(left).minus(interval(right));
    Value result =
        fresh(Shapes.elementwise(left.shape(), right.shape()), interval, commonScale(left, right));
    return out.value(new Subtract(result, left, right, location));
  }

  public Value multiply(Value left, Value right) {
    Interval interval = interval(left).times(interval(right));
    Value result =
        fresh(Shapes.elementwise(left.shape(), right.shape()), interval, productScale(left, right));
    return out.value(new Multiply(result, left, right, location));
  }

  /** x times factor, read at {@code scale}. */
  public Value scale(Value input, long factor, double scale) {
    Value result = fresh(input.shape(), interval(input).times(factor), scale);
    return out.value(new Scale(result, input, factor, location));
  }

  public Value windowSum(
      Value input,
      int axis,
      List<Integer> starts,
      List<Integer> lengths,
      List<Integer> factors,
      double scale) {
    Shape shape = Shapes.windows(input.shape(), axis, starts, lengths, factors);
    Interval interval = null;
    for (int j = 0; j < starts.size(); j++) {
      Interval window = interval(input).times((long) lengths.get(j) * factors.get(j));
      interval = interval == null ? window : interval.hull(window);
    }
    Value result = fresh(shape, interval == null ? interval(input) : interval, scale);
    return out.value(new WindowSum(result, input, axis, starts, lengths, factors, location));
  }

  public Value windowMax(
      Value input, int axis, int positions, int size, int stride, int dilation, int paddingLow) {
    Shape shape =
        Shapes.windowMax(input.shape(), axis, positions, size, stride, dilation, paddingLow);
    Value result = fresh(shape, interval(input), input.integerType().scale());
    return out.value(
        new WindowMax(result, input, axis, size, stride, dilation, paddingLow, location));
  }

  /**
   * numerator / denominator in units of 2^-bits.
   *
   * @throws IllegalArgumentException when 0 <= n <= d, d > 0 and (2^bits + 1) 2 d < p cannot all
   *     hold
   */
  public Value roundedQuotient(Value numerator, Value denominator, int bits) {
    IntegerRules.quotient(interval(numerator), interval(denominator), bits);
    Value result = fresh(numerator.shape(), new Interval(0, 1L << bits), Math.scalb(1.0, -bits));
    return out.value(new RoundedQuotient(result, numerator, denominator, bits, location));
  }

  /** A view of the tensor level, on the integers that stand for its operands; the scale stays. */
  public Value viewOfReals(View view, List<Value> operands) {
    double scale = operands.getFirst().integerType().scale();
    return lower(view, operands, real -> (long) Math.rint(real.doubleValue() / scale));
  }

  public Function build(List<Value> results) {
    return out.build(new ArrayList<>(results));
  }

  public static Interval interval(Value value) {
    return Interval.of(value.integerType());
  }

  @Override
  protected Value result(Type type) {
    IntegerType t = (IntegerType) type;
    return fresh(t.shape(), Interval.of(t), t.scale());
  }

  @Override
  protected Value append(View view) {
    return out.value(view);
  }

  @Override
  protected Location location() {
    return location;
  }

  private Value fresh(Shape shape, Interval interval, double scale) {
    if (!interval.isInsideLimit()) {
      throw new UserException(
          location,
          "the integers of this %s can reach [%d, %d], outside the 31-bit field's (-2^30, 2^30); compile with fewer --bits"
              .formatted(source, interval.low(), interval.high()));
    }
    return out.fresh(hint, new IntegerType(shape, interval.low(), interval.high(), scale));
  }

  /** The circuit's table covers whatever its operand can reach. */
  private void checkTable(Interval window) {
    if (TableIntervals.rows(window) > FieldBounds.MAX_TABLE_ROWS) {
      throw new UserException(
          location,
          "the result of this %s can reach %d different integers, a table has at most %d; compile with fewer --bits"
              .formatted(source, TableIntervals.rows(window), FieldBounds.MAX_TABLE_ROWS));
    }
  }

  private static double productScale(Value left, Value right) {
    return left.integerType().scale() * right.integerType().scale();
  }

  private static double commonScale(Value left, Value right) {
    return sameScale(left.integerType().scale(), right.integerType().scale());
  }

  /**
   * Scales that should be equal may differ by rounding in the last places, where products of scales
   * meet.
   */
  private static double sameScale(double left, double right) {
    if (Math.abs(left - right) > 1e-9 * left) {
      throw new IllegalArgumentException("scales " + left + " and " + right + " meet in one op");
    }
    return left;
  }
}
