package org.zkc.ir.circuit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.UnaryView;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewRules;

/**
 * Shapes, kinds and intervals of every op of the circuit level, and the conditions under which a
 * relation of docs/protocol.md section 4 has one solution. The declared interval of a result must
 * hold what the op can produce from its operands' intervals, with one exception: sums of products
 * with model values may declare less, because the bound that the integer level proved per output
 * channel is finer than any bound from the interval of all weights together.
 */
public final class CircuitRules {
  private final Function<Value, Optional<Op>> definition;

  private CircuitRules(Function<Value, Optional<Op>> definition) {
    this.definition = definition;
  }

  /**
   * Checks one op.
   *
   * @param definition the op that defines a value, for the exact bounds of weights
   * @throws IllegalArgumentException with one sentence when the op is not as its record says
   * @throws ArithmeticException when a bound overflows 64 bits
   */
  public static void check(CircuitOp op, Function<Value, Optional<Op>> definition) {
    new CircuitRules(definition).check(op);
  }

  private void check(CircuitOp op) {
    switch (op) {
      case Model m -> {
        kind(m.result(), ColumnType.Kind.MODEL);
        result(m.result(), m.weights().shape(), m.weights().sums().elements());
      }
      case Contract c -> {
        kind(c.result(), ColumnType.Kind.VIRTUAL);
        Shape shape = c.contraction().shape(c.left().shape(), c.right().shape());
        result(c.result(), shape, contracted(c));
      }
      case Conv c -> {
        Shape shape =
            Shapes.conv(
                c.input().shape(),
                c.weight().shape(),
                Optional.empty(),
                c.strides(),
                c.paddingLow(),
                c.paddingHigh(),
                c.dilations(),
                c.groups());
        kind(c.result(), ColumnType.Kind.VIRTUAL);
        result(
            c.result(),
            shape,
            weighted(padded(c.input(), c.paddingLow(), c.paddingHigh()), c.weight()));
      }
      case FftConv c -> {
        Shape shape =
            Shapes.conv(
                c.input().shape(),
                c.weight().shape(),
                Optional.empty(),
                c.strides(),
                c.paddingLow(),
                c.paddingHigh(),
                c.dilations(),
                c.groups());
        kind(c.result(), ColumnType.Kind.VIRTUAL);
        result(
            c.result(),
            shape,
            weighted(padded(c.input(), c.paddingLow(), c.paddingHigh()), c.weight()));
        SpectrumRules.points(c);
      }
      case ForwardTransform t ->
          SpectrumRules.forward(
              t.result(), t.input(), t.sizes(), t.dilations(), ColumnType.Kind.VIRTUAL);
      case ModelSpectrum t -> {
        require(isModelView(t.input()), "%s must be a view of a model column", t.input());
        SpectrumRules.forward(
            t.result(), t.input(), t.sizes(), t.dilations(), ColumnType.Kind.MODEL);
      }
      case SpectralProduct p ->
          SpectrumRules.product(p, isModelView(p.left()) || isModelView(p.right()));
      case SpectralSum s -> SpectrumRules.sum(s, isModelWeighted(s.input()));
      case SpectralReshape r -> SpectrumRules.reshape(r);
      case InverseTransform t -> SpectrumRules.inverse(t);
      case MatMul m -> {
        kind(m.result(), ColumnType.Kind.VIRTUAL);
        Shape shape = Shapes.linear(m.input().shape(), m.weight().shape(), Optional.empty());
        result(m.result(), shape, weighted(interval(m.input()), m.weight()));
      }
      case Product p -> {
        kind(p.result(), ColumnType.Kind.VIRTUAL);
        Shape shape = Shapes.elementwise(p.left().shape(), p.right().shape());
        result(p.result(), shape, interval(p.left()).times(interval(p.right())));
      }
      case Sum s -> sum(s);
      case WindowSum w -> {
        kind(w.result(), ColumnType.Kind.VIRTUAL);
        Shape shape =
            Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors());
        Interval declared = interval(w.result());
        Interval bound = IntegerRules.windowSum(interval(w.input()), w.lengths(), w.factors());
        result(w.result(), shape, isModelWeighted(w.input()) ? declared : bound);
      }
      case Unfold u -> {
        Shape shape =
            Shapes.unfold(
                u.input().shape(),
                u.axis(),
                u.positions(),
                u.taps(),
                u.stride(),
                u.dilation(),
                u.paddingLow());
        kind(u.result(), ColumnType.Kind.VIRTUAL);
        long last =
            (long) (u.positions() - 1) * u.stride()
                + (long) (u.taps() - 1) * u.dilation()
                - u.paddingLow();
        boolean pads = u.paddingLow() > 0 || last >= u.input().shape().extent(u.axis());
        result(u.result(), shape, pads ? interval(u.input()).withZero() : interval(u.input()));
      }
      case View v -> {
        kind(v.result(), ColumnType.Kind.VIRTUAL);
        ColumnType type = (ColumnType) ViewRules.infer(v);
        result(v.result(), type.shape(), Interval.of(type));
      }
      case Max m -> max(m);
      case Requantize r -> {
        require(r.size() >= 1, "a table has at least one entry, got %d", r.size());
        require(r.low() <= r.high(), "bounds %d and %d leave no value", r.low(), r.high());
        requantize(r.result(), r.input(), r.shift(), r.limbs(), r.first(), r.size());
        Interval index = interval(r.input()).shiftRounded(r.shift());
        result(r.result(), r.input().shape(), index.clamp(r.low(), r.high()));
      }
      case RequantizeTable r -> {
        TensorData entries = r.entries();
        require(
            entries.dtype() == DType.I32
                && entries.shape().rank() == 1
                && entries.elementCount() > 0,
            "entries must be i32 on one axis and not empty, they are %s:%s",
            entries.shape(),
            entries.dtype().text());
        requantize(r.result(), r.input(), r.shift(), r.limbs(), r.first(), entries.elementCount());
        Interval index = interval(r.input()).shiftRounded(r.shift());
        Interval hull = Interval.point(entries.getLong(index.low() - r.first()));
        for (long h = index.low() + 1; h <= index.high(); h++) {
          hull = hull.hull(Interval.point(entries.getLong(h - r.first())));
        }
        result(r.result(), r.input().shape(), hull);
      }
      case RoundedQuotient q -> {
        IntegerRules.quotient(interval(q.numerator()), interval(q.denominator()), q.bits());
        kind(q.result(), ColumnType.Kind.WITNESS);
        Shape shape = Shapes.elementwise(q.numerator().shape(), q.denominator().shape());
        result(q.result(), shape, new Interval(0, 1L << q.bits()));
      }
    }
  }

  private static Interval padded(Value input, List<Integer> low, List<Integer> high) {
    boolean pads = low.stream().anyMatch(n -> n > 0) || high.stream().anyMatch(n -> n > 0);
    return pads ? interval(input).withZero() : interval(input);
  }

  private static void sum(Sum s) {
    kind(s.result(), ColumnType.Kind.VIRTUAL);
    require(
        s.inputs().size() == s.coefficients().size(),
        "%d coefficients for %d inputs",
        s.coefficients().size(),
        s.inputs().size());
    Shape shape = s.result().shape();
    Interval bound = Interval.point(s.constant());
    for (int k = 0; k < s.inputs().size(); k++) {
      Value input = s.inputs().get(k);
      require(
          input.shape().equals(shape),
          "%s has shape %s, the result has %s",
          input,
          input.shape(),
          shape);
      bound = bound.plus(interval(input).times(s.coefficients().get(k)));
    }
    result(s.result(), shape, bound);
  }

  private static void max(Max m) {
    kind(m.result(), ColumnType.Kind.WITNESS);
    require(
        m.inputs().size() >= 2 && m.inputs().size() <= 4,
        "a maximum takes 2 to 4 columns, got %d",
        m.inputs().size());
    Shape shape = m.result().shape();
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (Value input : m.inputs()) {
      require(
          input.shape().equals(shape),
          "%s has shape %s, the result has %s",
          input,
          input.shape(),
          shape);
      low = Math.max(low, interval(input).low());
      high = Math.max(high, interval(input).high());
    }
    result(m.result(), shape, new Interval(low, high));
  }

  /**
   * The window condition: with [a0, a1] the bounds of x + half and [v0, v1] every value that table
   * and remainder can name, v0 <= a0, a1 <= v1, v1 - a0 < p and a1 - v0 < p. Without it one x has
   * several (h, remainder) modulo p.
   */
  private static void requantize(
      Value result, Value input, int shift, List<Integer> limbs, long first, long size) {
    kind(result, ColumnType.Kind.WITNESS);
    require(
        shift >= 0 && shift <= FieldBounds.MAX_SHIFT,
        "a shift must lie in [0, %d], got %d",
        FieldBounds.MAX_SHIFT,
        shift);
    require(
        limbs.stream().allMatch(b -> b >= 1 && b <= FieldBounds.MAX_LIMB_BITS)
            && limbs.stream().mapToLong(b -> b).sum() == shift,
        "limbs %s must lie in [1, %d] and add up to the shift %d",
        limbs,
        FieldBounds.MAX_LIMB_BITS,
        shift);
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    Interval x = interval(input);
    long a0 = x.low() + half;
    long a1 = x.high() + half;
    long v0 = Math.multiplyExact(first, 1L << shift);
    long v1 = Math.addExact(Math.multiplyExact(Math.addExact(first, size), 1L << shift), -1);
    require(
        v0 <= a0 && a1 <= v1,
        "the table covers [%d, %d], the operand plus half reaches [%d, %d]",
        v0,
        v1,
        a0,
        a1);
    require(
        Math.subtractExact(v1, a0) < FieldBounds.ORDER
            && Math.subtractExact(a1, v0) < FieldBounds.ORDER,
        "window condition: [%d, %d] of the table and [%d, %d] of the operand are p = 2^31 - 1 or"
            + " more apart",
        v0,
        v1,
        a0,
        a1);
  }

  /**
   * What the sums of a contraction reach: of a model column exact per output channel, of a view of
   * one what lowering declares, of two tensors all products at their extremes.
   */
  private Interval contracted(Contract c) {
    Contraction indices = c.contraction();
    Interval left = interval(c.left());
    Interval right = interval(c.right());
    if (indices.hasWindows()) {
      left = left.withZero();
      right = right.withZero();
    }
    boolean isChannelwise =
        definition.apply(c.right()).orElse(null) instanceof Model
            && !indices.right().isEmpty()
            && indices.kept().containsAll(indices.right().getFirst().indices());
    if (isChannelwise) {
      return weighted(left, c.right());
    }
    return isModelView(c.left()) || isModelView(c.right())
        ? interval(c.result())
        : left.times(right).times(indices.terms());
  }

  /** What a product with model weights reaches, exact per output channel. */
  private Interval weighted(Interval input, Value weight) {
    Model model =
        definition
            .apply(weight)
            .filter(Model.class::isInstance)
            .map(Model.class::cast)
            .orElseThrow(() ->
                new IllegalArgumentException("the weight " + weight + " must be a model column"));
    return model.weights().sums().outputs(input, new long[0]);
  }

  /** Whether the column is a product with model values, or a view or partial sum of one. */
  private boolean isModelWeighted(Value value) {
    Optional<Op> op = definition.apply(value);
    return op.isPresent()
        && switch ((CircuitOp) op.get()) {
          case Product p -> isModelView(p.left()) || isModelView(p.right());
          case SpectralProduct p -> isModelView(p.left()) || isModelView(p.right());
          case SpectralSum o -> isModelWeighted(o.input());
          case SpectralReshape o -> isModelWeighted(o.input());
          case InverseTransform o -> isModelWeighted(o.input());
          case WindowSum o -> isModelWeighted(o.input());
          case Unfold o -> isModelWeighted(o.input());
          case UnaryView o -> isModelWeighted(o.input());
          case FftConv _ -> true;
          case Model _,
              Contract _,
              Conv _,
              ForwardTransform _,
              ModelSpectrum _,
              MatMul _,
              Sum _,
              Concatenate _,
              Max _,
              Requantize _,
              RequantizeTable _,
              RoundedQuotient _ ->
              false;
        };
  }

  private boolean isModelView(Value value) {
    Optional<Op> op = definition.apply(value);
    return op.isPresent()
        && switch ((CircuitOp) op.get()) {
          case Model _, ModelSpectrum _ -> true;
          case ForwardTransform o -> isModelView(o.input());
          case SpectralReshape o -> isModelView(o.input());
          case Unfold o -> isModelView(o.input());
          case UnaryView o -> isModelView(o.input());
          case Product _,
              WindowSum _,
              SpectralProduct _,
              SpectralSum _,
              InverseTransform _,
              Contract _,
              Conv _,
              FftConv _,
              MatMul _,
              Sum _,
              Concatenate _,
              Max _,
              Requantize _,
              RequantizeTable _,
              RoundedQuotient _ ->
              false;
        };
  }

  private static Interval interval(Value value) {
    require(value.type() instanceof ColumnType, "%s is a spectrum, it must be a column", value);
    return Interval.of(value.columnType());
  }

  private static void kind(Value result, ColumnType.Kind kind) {
    require(result.type() instanceof ColumnType, "the result must be a column");
    require(
        result.columnType().kind() == kind,
        "the result is a %s column, it must be %s",
        result.columnType().kind().name().toLowerCase(Locale.ROOT),
        kind.name().toLowerCase(Locale.ROOT));
  }

  private static void result(Value result, Shape shape, Interval exact) {
    ColumnType found = result.columnType();
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
