package org.zkc.ir.integer;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewRules;

/**
 * Shapes, intervals and scales of every op of the integer level. The declared interval of a result
 * must hold every integer that the op can produce from operands in their intervals; with that, and
 * all intervals inside (-2^30, 2^30), no integer of any run wraps in the field.
 */
public final class IntegerRules {
  /** Scales that must be equal may differ by the rounding of their products. */
  private static final double SCALE_TOLERANCE = 1e-9;

  private final Function<Value, Optional<Op>> definition;

  private IntegerRules(Function<Value, Optional<Op>> definition) {
    this.definition = definition;
  }

  /**
   * Checks one op.
   *
   * @param definition the op that defines a value, for the exact bounds of weights
   * @throws IllegalArgumentException with one sentence when the op is not as its record says
   * @throws ArithmeticException when a bound overflows 64 bits
   */
  public static void check(IntegerOp op, Function<Value, Optional<Op>> definition) {
    new IntegerRules(definition).check(op);
  }

  private void check(IntegerOp op) {
    switch (op) {
      case Parameter p -> result(p.result(), p.weights().shape(), p.weights().sums().elements());
      case Conv c -> {
        Shape shape =
            Shapes.conv(
                c.input().shape(),
                c.weight().shape(),
                c.bias().map(Value::shape),
                c.strides(),
                c.paddingLow(),
                c.paddingHigh(),
                c.dilations(),
                c.groups());
        boolean pads =
            c.paddingLow().stream().anyMatch(n -> n > 0)
                || c.paddingHigh().stream().anyMatch(n -> n > 0);
        Interval input = pads ? interval(c.input()).withZero() : interval(c.input());
        result(c.result(), shape, weighted(input, c.weight(), c.bias()));
        scale(c.result(), scaleOf(c.input()) * scaleOf(c.weight()));
      }
      case Linear l -> {
        Shape shape =
            Shapes.linear(l.input().shape(), l.weight().shape(), l.bias().map(Value::shape));
        result(l.result(), shape, weighted(interval(l.input()), l.weight(), l.bias()));
        scale(l.result(), scaleOf(l.input()) * scaleOf(l.weight()));
      }
      case Requantize r -> {
        shift(r.shift());
        require(r.low() <= r.high(), "bounds %d and %d leave no value", r.low(), r.high());
        result(
            r.result(),
            r.input().shape(),
            interval(r.input()).shiftRounded(r.shift()).clamp(r.low(), r.high()));
        scale(r.result(), Math.scalb(scaleOf(r.input()), r.shift()));
      }
      case Table t -> {
        entries(t.entries());
        result(t.result(), t.input().shape(), lookup(interval(t.input()), t.first(), t.entries()));
      }
      case RequantizeTable t -> {
        shift(t.shift());
        entries(t.entries());
        Interval index = interval(t.input()).shiftRounded(t.shift());
        result(t.result(), t.input().shape(), lookup(index, t.first(), t.entries()));
      }
      case Add a -> {
        Shape shape = Shapes.elementwise(a.left().shape(), a.right().shape());
        result(a.result(), shape, interval(a.left()).plus(interval(a.right())));
        oneScale(a.result(), List.of(a.left(), a.right()));
      }
      case Subtract s -> {
        Shape shape = Shapes.elementwise(s.left().shape(), s.right().shape());
        result(s.result(), shape, interval(s.left()).minus(interval(s.right())));
        oneScale(s.result(), List.of(s.left(), s.right()));
      }
      case Multiply m -> {
        Shape shape = Shapes.elementwise(m.left().shape(), m.right().shape());
        result(m.result(), shape, interval(m.left()).times(interval(m.right())));
        scale(m.result(), scaleOf(m.left()) * scaleOf(m.right()));
      }
      case Scale s -> result(s.result(), s.input().shape(), interval(s.input()).times(s.factor()));
      case WindowSum w -> {
        Shape shape =
            Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors());
        result(w.result(), shape, windowSum(interval(w.input()), w.lengths(), w.factors()));
      }
      case WindowMax w -> {
        Shape input = w.input().shape();
        Shapes.checkAxis(w.axis(), input.rank(), input);
        require(
            w.axis() < w.result().shape().rank(),
            "the result has shape %s, without axis %d",
            w.result().shape(),
            w.axis());
        int positions = w.result().shape().extent(w.axis());
        Shape shape =
            Shapes.windowMax(
                input, w.axis(), positions, w.size(), w.stride(), w.dilation(), w.paddingLow());
        result(w.result(), shape, interval(w.input()));
        oneScale(w.result(), List.of(w.input()));
      }
      case RoundedQuotient q -> roundedQuotient(q);
      case View v -> {
        oneScale(v.result(), v.operands());
        IntegerType type = (IntegerType) ViewRules.infer(v);
        result(v.result(), type.shape(), Interval.of(type));
      }
    }
  }

  /**
   * What a convolution or linear map reaches: exact per output channel where weight and bias are
   * parameters.
   */
  private Interval weighted(Interval input, Value weight, Optional<Value> bias) {
    Optional<Parameter> biasParameter = bias.flatMap(this::parameterOf);
    Interval biasInterval = bias.map(IntegerRules::interval).orElse(Interval.point(0));
    Optional<Parameter> weightParameter = parameterOf(weight);
    if (weightParameter.isEmpty()) {
      Shape shape = weight.shape();
      long terms = shape.extent(0) == 0 ? 0 : shape.elementCount() / shape.extent(0);
      return input.times(interval(weight)).times(terms).plus(biasInterval);
    }
    Parameter w = weightParameter.get();
    WeightSums sums = w.weights().sums();
    if (bias.isPresent() && biasParameter.isEmpty()) {
      return sums.outputs(input, new long[0]).plus(biasInterval);
    }
    return sums.outputs(input, biasParameter.map(b -> b.weights().toLongs()).orElse(new long[0]));
  }

  private Optional<Parameter> parameterOf(Value value) {
    return definition.apply(value).filter(Parameter.class::isInstance).map(Parameter.class::cast);
  }

  /** Entries of a table: 32-bit integers on one axis, at least one. */
  private static void entries(TensorData entries) {
    require(
        entries.dtype() == DType.I32 && entries.shape().rank() == 1 && entries.elementCount() > 0,
        "entries must be i32 on one axis and not empty, they are %s:%s",
        entries.shape(),
        entries.dtype().text());
  }

  private static Interval lookup(Interval index, long first, TensorData entries) {
    Interval reached = index.clamp(first, Math.addExact(first, entries.elementCount() - 1));
    Interval hull = Interval.point(entries.getLong(reached.low() - first));
    for (long x = reached.low() + 1; x <= reached.high(); x++) {
      hull = hull.hull(Interval.point(entries.getLong(x - first)));
    }
    return hull;
  }

  /** What sums over windows of {@code lengths} elements times {@code factors} reach. */
  public static Interval windowSum(Interval input, List<Integer> lengths, List<Integer> factors) {
    Interval hull = null;
    for (int j = 0; j < lengths.size(); j++) {
      Interval window = input.times(Math.multiplyExact((long) lengths.get(j), factors.get(j)));
      hull = hull == null ? window : hull.hull(window);
    }
    return hull == null ? Interval.point(0) : hull;
  }

  private static void roundedQuotient(RoundedQuotient q) {
    quotient(interval(q.numerator()), interval(q.denominator()), q.bits());
    Shape shape = Shapes.elementwise(q.numerator().shape(), q.denominator().shape());
    result(q.result(), shape, new Interval(0, 1L << q.bits()));
  }

  /**
   * A rounded quotient is unique in the field when (2^bits + 1) 2 d stays below p = 2^31 - 1
   * (docs/protocol.md section 2).
   *
   * @throws IllegalArgumentException when the intervals of numerator and denominator do not grant
   *     it
   */
  public static void quotient(Interval numerator, Interval denominator, int bits) {
    require(
        bits >= 1 && bits <= FieldBounds.MAX_QUOTIENT_BITS,
        "bits must lie in [1, %d], got %d",
        FieldBounds.MAX_QUOTIENT_BITS,
        bits);
    require(
        numerator.low() >= 0,
        "the numerator must not be negative, its interval starts at %d",
        numerator.low());
    require(
        denominator.high() > 0,
        "the denominator must be able to be positive, its interval ends at %d",
        denominator.high());
    require(
        ((1L << bits) + 1) * 2 * denominator.high() < FieldBounds.ORDER,
        "(2^%d + 1) 2 d reaches the field's order for denominators up to %d",
        bits,
        denominator.high());
  }

  private static void shift(int shift) {
    require(
        shift >= 0 && shift <= FieldBounds.MAX_SHIFT,
        "a shift must lie in [0, %d], got %d",
        FieldBounds.MAX_SHIFT,
        shift);
  }

  private static Interval interval(Value value) {
    return Interval.of(value.integerType());
  }

  private static double scaleOf(Value value) {
    return value.integerType().scale();
  }

  private static void oneScale(Value result, List<Value> operands) {
    operands.forEach(o -> scale(result, scaleOf(o)));
  }

  private static void scale(Value result, double expected) {
    double found = scaleOf(result);
    require(
        Math.abs(found - expected) <= SCALE_TOLERANCE * Math.abs(expected),
        "the result's scale is %s, the operands give %s",
        found,
        expected);
  }

  private static void result(Value result, Shape shape, Interval exact) {
    IntegerType found = result.integerType();
    require(
        found.shape().equals(shape),
        "the result has shape %s, the operands give %s",
        found.shape(),
        shape);
    require(
        shape.elementCount() == 0 || Interval.of(found).contains(exact),
        "the result's interval [%d, %d] does not hold [%d, %d], which the operands allow",
        found.low(),
        found.high(),
        exact.low(),
        exact.high());
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
