package org.zkc.ir.integer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.Factor;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewRules;

/**
 * Shapes, intervals and scales of every op of the integer level. The declared interval of a result
 * must hold every integer that the op can produce from operands in their intervals; with that, and
 * all intervals inside (-2^30, 2^30), no integer of any run wraps in the field.
 */
public final class IntegerRules {
  /** The interval that a convolution or linear map reaches. */
  public interface LinearBounds {
    /**
     * The interval of all outputs.
     *
     * @param input where the elements of the operand lie, padding included
     * @param line a bound on the 2-norm of what a sum reads of the operand, where there is one
     */
    Interval of(Interval input, OptionalLong line, Value weight, Optional<Value> bias);

    /** A bound on the 2-norms of a value's lines along its last axis, where there is one. */
    OptionalLong line(Value value);

    /** The op that defines a value, where it is known. */
    Optional<Op> definition(Value value);
  }

  /** Entries that are read at a time. */
  private static final int PART = 1 << 12;

  private IntegerRules() {}

  /**
   * Checks one op.
   *
   * @param definition the op that defines a value, for the exact bounds of weights
   * @throws IllegalArgumentException with one sentence when the op is not as its record says
   * @throws ArithmeticException when a bound overflows 64 bits
   */
  public static void check(IntegerOp op, Function<Value, Optional<Op>> definition) {
    IntegerType type = infer(op, new PerChannel(definition));
    IntegerType found = op.result().integerType();
    require(
        found.shape().equals(type.shape()),
        "the result has shape %s, the operands give %s",
        found.shape(),
        type.shape());
    require(
        type.shape().elementCount() == 0 || Interval.of(found).contains(Interval.of(type)),
        "the result's interval [%d, %d] does not hold [%d, %d], which the operands allow",
        found.low(),
        found.high(),
        type.low(),
        type.high());
    require(
        found.isOfScale(type.scale()),
        "the result's scale is %s, the operands give %s",
        found.scale(),
        type.scale());
  }

  /**
   * The type that operands and attributes give, with the least interval. The op's own result is
   * looked at only for what the op leaves free: the scale of a parameter, a table, a scaling, a sum
   * over windows, a quotient and a normalised tensor, the shape of a reshape or broadcast, and the
   * windows of a maximum.
   *
   * @throws IllegalArgumentException with one sentence when operands and attributes do not fit
   * @throws ArithmeticException when a bound overflows 64 bits
   */
  public static IntegerType infer(IntegerOp op, LinearBounds bounds) {
    double free = op.result().integerType().scale();
    return switch (op) {
      case Parameter p -> type(p.weights().shape(), p.weights().sums().elements(), free);
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
        yield type(
            shape,
            bounds.of(input, OptionalLong.empty(), c.weight(), c.bias()),
            scaleOf(c.input()) * scaleOf(c.weight()));
      }
      case Linear l ->
          type(
              Shapes.linear(l.input().shape(), l.weight().shape(), l.bias().map(Value::shape)),
              bounds.of(interval(l.input()), bounds.line(l.input()), l.weight(), l.bias()),
              scaleOf(l.input()) * scaleOf(l.weight()));
      case MatMul m ->
          type(
              Shapes.matMul(m.left().shape(), m.right().shape()),
              matMul(interval(m.left()), interval(m.right()), m.left().shape()),
              scaleOf(m.left()) * scaleOf(m.right()));
      case Requantize r -> {
        shift(r.shift());
        require(r.low() <= r.high(), "bounds %d and %d leave no value", r.low(), r.high());
        yield type(
            r.input().shape(),
            interval(r.input()).shiftRounded(r.shift()).clamp(r.low(), r.high()),
            Math.scalb(scaleOf(r.input()), r.shift()));
      }
      case Table t -> {
        entries(t.entries());
        yield type(t.input().shape(), lookup(interval(t.input()), t.first(), t.entries()), free);
      }
      case RequantizeTable t -> {
        shift(t.shift());
        entries(t.entries());
        Interval index = interval(t.input()).shiftRounded(t.shift());
        yield type(t.input().shape(), lookup(index, t.first(), t.entries()), free);
      }
      case Add a ->
          type(
              Shapes.elementwise(a.left().shape(), a.right().shape()),
              interval(a.left()).plus(interval(a.right())),
              oneScale(a.left(), a.right()));
      case Subtract s ->
          type(
              Shapes.elementwise(s.left().shape(), s.right().shape()),
              RemainderRules.upper(s, bounds::definition)
                  .map(RemainderRules.Upper::left)
                  .orElseGet(() -> interval(s.left()).minus(interval(s.right()))),
              oneScale(s.left(), s.right()));
      case Multiply m ->
          type(
              Shapes.elementwise(m.left().shape(), m.right().shape()),
              interval(m.left()).times(interval(m.right())),
              scaleOf(m.left()) * scaleOf(m.right()));
      case Scale s -> type(s.input().shape(), interval(s.input()).times(s.factor()), free);
      case WindowSum w ->
          type(
              Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors()),
              windowSum(interval(w.input()), w.lengths(), w.factors()),
              free);
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
        yield type(shape, interval(w.input()), scaleOf(w.input()));
      }
      case Exponentials e -> {
        Shape shape = e.input().shape();
        yield type(
            shape,
            exponentials(interval(e.input()), shape, e.axis(), e.shift(), e.entries()),
            free);
      }
      case RoundedQuotient q -> {
        Interval range = quotient(q.bits(), q.low(), q.high());
        quotient(interval(q.numerator()), interval(q.denominator()), q.bits(), range);
        Shape shape = Shapes.elementwise(q.numerator().shape(), q.denominator().shape());
        yield type(shape, range, free);
      }
      case Gather g -> (IntegerType) g.infer();
      case EuclideanNorm n -> {
        Shape shape = NormRules.shape(n.input().shape());
        yield type(shape, norm(n.input(), n.constant(), List.of()), scaleOf(n.input()));
      }
      case Normalize n -> {
        NormRules.shape(n.input().shape());
        Interval norm = norm(n.input(), n.constant(), n.exponents());
        NormRules.reciprocal(norm, Normalize.BITS);
        yield type(n.input().shape(), NormRules.normalized(norm, Normalize.BITS), free);
      }
      case View v -> (IntegerType) ViewRules.infer(v);
    };
  }

  /** Exact per output channel where weight and bias are parameters. */
  private record PerChannel(Function<Value, Optional<Op>> definitions) implements LinearBounds {
    @Override
    public Interval of(Interval input, OptionalLong line, Value weight, Optional<Value> bias) {
      return perChannel(input, line, weight, bias, definitions);
    }

    @Override
    public OptionalLong line(Value value) {
      return LineNorms.of(value, definitions);
    }

    @Override
    public Optional<Op> definition(Value value) {
      return definitions.apply(value);
    }
  }

  private static Interval perChannel(
      Interval input,
      OptionalLong line,
      Value weight,
      Optional<Value> bias,
      Function<Value, Optional<Op>> definition) {
    return switch (Factor.of(weight, definition)) {
      case Factor.ViewOfModel _, Factor.OfData _ -> {
        Shape shape = weight.shape();
        long terms = shape.extent(0) == 0 ? 0 : shape.elementCount() / shape.extent(0);
        yield input.times(interval(weight)).times(terms).plus(interval(bias));
      }
      case Factor.OfModel w -> {
        WeightSums sums = w.weights().sums();
        if (bias.isEmpty()) {
          yield sums.outputs(input, line, new long[0]);
        }
        yield switch (Factor.of(bias.get(), definition)) {
          case Factor.OfModel b -> sums.outputs(input, line, b.weights().toLongs());
          case Factor.ViewOfModel _, Factor.OfData _ ->
              sums.outputs(input, line, new long[0]).plus(interval(bias));
        };
      }
    };
  }

  private static Interval interval(Optional<Value> bias) {
    return bias.map(IntegerRules::interval).orElse(Interval.point(0));
  }

  /**
   * Checks the entries of a table: 32-bit integers on one axis, at least one.
   *
   * @throws IllegalArgumentException when they are not
   */
  public static void entries(TensorData entries) {
    require(
        entries.dtype() == DType.I32 && entries.shape().rank() == 1 && entries.elementCount() > 0,
        "entries must be i32 on one axis and not empty, they are %s:%s",
        entries.shape(),
        entries.dtype().text());
  }

  /**
   * The interval that the entries for the indices first, first + 1, ... reach; an index beyond the
   * table reads its nearest entry.
   */
  public static Interval lookup(Interval index, long first, TensorData entries) {
    Interval reached = index.clamp(first, Math.addExact(first, entries.elementCount() - 1));
    long count = reached.high() - reached.low() + 1;
    int[] part = new int[(int) Math.min(PART, count)];
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (long at = 0; at < count; at += part.length) {
      int n = (int) Math.min(part.length, count - at);
      entries.copyInts(reached.low() - first + at, part, 0, n);
      for (int i = 0; i < n; i++) {
        low = Math.min(low, part[i]);
        high = Math.max(high, part[i]);
      }
    }
    return new Interval(low, high);
  }

  /** The rows that exponentials of integers in an interval can reach. */
  public static long rows(Interval input, int shift) {
    return (input.high() - input.low() >> shift) + 1;
  }

  /**
   * The interval of exponentials of integers in an interval, along an axis of a shape.
   *
   * @throws IllegalArgumentException when axis, shift or entries are out of range, or a difference
   *     and what a table and a remainder of {@code shift} bits name can be p = 2^31 - 1 apart
   *     (docs/protocol.md section 2)
   */
  public static Interval exponentials(
      Interval input, Shape shape, int axis, int shift, TensorData entries) {
    Shapes.checkAxis(axis, shape.rank(), shape);
    shift(shift);
    entries(entries);
    long most = input.high() - input.low();
    long window = (most >> shift) + 1 << shift;
    require(
        window - 1 + most < FieldBounds.ORDER,
        "differences up to %d, in steps of 2^%d, name several integers of the field",
        most,
        shift);
    return lookup(new Interval(0, most >> shift), 0, entries);
  }

  /** The interval that sums of products over the last axis of {@code shape} reach. */
  public static Interval matMul(Interval left, Interval right, Shape shape) {
    return left.times(right).times(shape.extent(shape.rank() - 1));
  }

  /**
   * The interval that sums over windows of {@code lengths} elements times {@code factors} reach.
   */
  public static Interval windowSum(Interval input, List<Integer> lengths, List<Integer> factors) {
    Interval hull = null;
    for (int j = 0; j < lengths.size(); j++) {
      Interval window = input.times(Math.multiplyExact((long) lengths.get(j), factors.get(j)));
      hull = hull == null ? window : hull.hull(window);
    }
    return hull == null ? Interval.point(0) : hull;
  }

  /**
   * The interval of a rounded quotient.
   *
   * @throws IllegalArgumentException when it is empty, or too wide for a table
   */
  public static Interval quotient(int bits, long low, long high) {
    require(
        bits >= 0 && bits <= FieldBounds.MAX_QUOTIENT_BITS,
        "bits must lie in [0, %d], got %d",
        FieldBounds.MAX_QUOTIENT_BITS,
        bits);
    require(low <= high, "bounds %d and %d leave no value", low, high);
    Interval range = new Interval(low, high);
    require(
        range.isInsideLimit() && high - low <= 1L << FieldBounds.MAX_QUOTIENT_BITS,
        "a quotient has 2^%d + 1 values at most, [%d, %d] has more",
        FieldBounds.MAX_QUOTIENT_BITS,
        low,
        high);
    return range;
  }

  /**
   * A rounded quotient is unique in the field when its remainder 2^(bits+1) n + d - 2 d q stays
   * closer than p = 2^31 - 1 to the remainder's range, for all n, d and q in their intervals
   * (docs/protocol.md section 2).
   *
   * @param range of the quotient
   * @throws IllegalArgumentException when the intervals do not grant it
   */
  public static void quotient(Interval numerator, Interval denominator, int bits, Interval range) {
    require(
        denominator.high() > 0,
        "the denominator must be able to be positive, its interval ends at %d",
        denominator.high());
    require(
        isUniqueQuotient(numerator, denominator, bits, range),
        "2^%d n - d q of a quotient q in [%d, %d] reaches the field's order for numerators in"
            + " [%d, %d] and denominators up to %d",
        bits,
        range.low(),
        range.high(),
        numerator.low(),
        numerator.high(),
        denominator.high());
  }

  /** Whether the remainder of a quotient by a positive denominator names one integer only. */
  public static boolean isUniqueQuotient(
      Interval numerator, Interval denominator, int bits, Interval range) {
    Interval doubled = denominator.times(range).times(2);
    long most = (numerator.high() << bits + 1) + denominator.high() - doubled.low();
    long least = (numerator.low() << bits + 1) + denominator.low() - doubled.high();
    long window = Long.highestOneBit(2 * denominator.high() - 1) * 2 - 1;
    return most < FieldBounds.ORDER
        && window - least < FieldBounds.ORDER
        && 2 * window + 1 - 2 * denominator.low() < FieldBounds.ORDER;
  }

  private static Interval norm(Value input, long constant, List<Integer> exponents) {
    Shape shape = input.shape();
    return NormRules.norm(interval(input), shape.extent(shape.rank() - 1), constant, exponents);
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

  private static IntegerType type(Shape shape, Interval interval, double scale) {
    return new IntegerType(shape, interval.low(), interval.high(), scale);
  }

  private static double oneScale(Value left, Value right) {
    require(
        left.integerType().isOfScale(scaleOf(right)),
        "scales %s and %s meet in one op",
        scaleOf(left),
        scaleOf(right));
    return scaleOf(left);
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
