package org.zkc.ir.circuit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.ColumnType;
import org.zkc.ir.ColumnType.Kind;
import org.zkc.ir.Factor;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.integer.NormRules;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
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
  /** Bounds on sums of products with the model's values, as far as they are known. */
  public interface ModelSums {
    /**
     * The interval of all outputs of products with the weight; empty where the weight is no model
     * column.
     */
    Optional<Interval> weighted(Interval input, Value weight);

    /**
     * Whether the interval that the op's result declares is taken as it is: bounds proved at the
     * integer level are finer than any from the intervals of all weights together.
     */
    boolean isGiven(CircuitOp op);

    /**
     * The part of an interval that sums of products of a line of the input with a channel of the
     * weight can reach, by the 2-norms of both: all of it where these are not known.
     */
    default Interval withinNorms(Interval sums, Value input, Value weight) {
      return sums;
    }

    /** The op that defines a column; empty where that is not known. */
    default Optional<Op> definition(Value column) {
      return Optional.empty();
    }
  }

  /** The bounds where nothing is known: sums reach what all products at their extremes do. */
  public static final ModelSums UNKNOWN =
      new ModelSums() {
        @Override
        public Optional<Interval> weighted(Interval input, Value weight) {
          return Optional.empty();
        }

        @Override
        public boolean isGiven(CircuitOp op) {
          return false;
        }
      };

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
    Type inferred = infer(op, new Exact());
    conditions(op);
    switch (inferred) {
      case ColumnType type -> compare(op.result(), type);
      case SpectrumType type -> SpectrumRules.compare(op.result(), type);
      case TensorType _, IntegerType _, TorchType _ ->
          throw new IllegalStateException("a circuit's op has a result of another level");
    }
    if (op instanceof FftConv c) {
      SpectrumRules.points(c);
    }
  }

  /**
   * Checks the conditions on operands and attributes that the type does not imply, mostly
   * uniqueness.
   */
  private void conditions(CircuitOp op) {
    switch (op) {
      case ModelSpectrum t ->
          require(isOfModel(t.input()), "%s must be a view of a model column", t.input());
      case Requantize r -> {
        require(r.size() >= 1, "a table has at least one entry, got %d", r.size());
        LookupRules.requantize(r.input(), r.shift(), r.limbs(), r.first(), r.size());
      }
      case RequantizeTable r ->
          LookupRules.requantize(
              r.input(), r.shift(), r.limbs(), r.first(), r.entries().elementCount());
      case RoundedQuotient q ->
          IntegerRules.quotient(
              interval(q.numerator()),
              interval(q.denominator()),
              q.bits(),
              new Interval(q.low(), q.high()));
      case Normalize n -> normalized(n);
      case Exponentials e -> LookupRules.exponentials(e);
      case Max m ->
          require(
              m.inputs().size() >= 2 && m.inputs().size() <= 4,
              "a maximum takes 2 to 4 columns, got %d",
              m.inputs().size());
      case Model _,
          Contract _,
          SumOfProducts _,
          ForwardTransform _,
          SpectralProduct _,
          SpectralSum _,
          InverseTransform _,
          Product _,
          Sum _,
          WindowSum _,
          Unfold _,
          Gather _,
          EuclideanNorm _,
          Reciprocal _,
          View _ -> {}
    }
  }

  /**
   * The type that operands and attributes give, with the least interval. The op's own result is
   * looked at only for what the op leaves free: the shape of a sum, a maximum, a reshape, a
   * broadcast and an inverse transform, and an interval that {@link ModelSums#isGiven is given}.
   *
   * @throws IllegalArgumentException with one sentence when operands and attributes do not fit
   * @throws ArithmeticException when a bound overflows 64 bits
   */
  public static Type infer(CircuitOp op, ModelSums sums) {
    return switch (op) {
      case Model m -> type(Kind.MODEL, m.weights().shape(), m.weights().sums().elements());
      case Contract c ->
          virtual(
              c.contraction().shape(c.left().shape(), c.right().shape()),
              sums.isGiven(c) ? interval(c.result()) : contracted(c, sums));
      case Conv c ->
          virtual(
              Shapes.conv(
                  c.input().shape(),
                  c.weight().shape(),
                  Optional.empty(),
                  c.strides(),
                  c.paddingLow(),
                  c.paddingHigh(),
                  c.dilations(),
                  c.groups()),
              weighted(padded(c.input(), c.paddingLow(), c.paddingHigh()), c.weight(), sums));
      case FftConv c ->
          virtual(
              Shapes.conv(
                  c.input().shape(),
                  c.weight().shape(),
                  Optional.empty(),
                  c.strides(),
                  c.paddingLow(),
                  c.paddingHigh(),
                  c.dilations(),
                  c.groups()),
              weighted(padded(c.input(), c.paddingLow(), c.paddingHigh()), c.weight(), sums));
      case ForwardTransform t ->
          SpectrumRules.forward(t.input(), t.sizes(), t.dilations(), Kind.VIRTUAL);
      case ModelSpectrum t ->
          SpectrumRules.forward(t.input(), t.sizes(), t.dilations(), Kind.MODEL);
      case SpectralProduct p -> SpectrumRules.product(p, sums.isGiven(p));
      case SpectralSum s -> SpectrumRules.sum(s, sums.isGiven(s));
      case InverseTransform t -> SpectrumRules.inverse(t);
      case MatMul m ->
          virtual(Shapes.matMul(m.left().shape(), m.right().shape()), product(m, sums));
      case Product p ->
          virtual(
              Shapes.elementwise(p.left().shape(), p.right().shape()),
              interval(p.left()).times(interval(p.right())));
      case Sum s -> sum(s, sums);
      case WindowSum w ->
          virtual(
              Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors()),
              sums.isGiven(w)
                  ? interval(w.result())
                  : IntegerRules.windowSum(interval(w.input()), w.lengths(), w.factors()));
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
        long last =
            (long) (u.positions() - 1) * u.stride()
                + (long) (u.taps() - 1) * u.dilation()
                - u.paddingLow();
        boolean pads = u.paddingLow() > 0 || last >= u.input().shape().extent(u.axis());
        yield virtual(shape, pads ? interval(u.input()).withZero() : interval(u.input()));
      }
      case Gather g -> g.infer();
      case View v -> ViewRules.infer(v);
      case Max m -> max(m);
      case Requantize r -> {
        require(r.low() <= r.high(), "bounds %d and %d leave no value", r.low(), r.high());
        yield type(
            Kind.WITNESS,
            r.input().shape(),
            interval(r.input()).shiftRounded(r.shift()).clamp(r.low(), r.high()));
      }
      case RequantizeTable r -> {
        IntegerRules.entries(r.entries());
        Interval index = interval(r.input()).shiftRounded(r.shift());
        yield type(
            Kind.WITNESS, r.input().shape(), IntegerRules.lookup(index, r.first(), r.entries()));
      }
      case Exponentials e -> {
        Shape shape = e.input().shape();
        yield type(
            Kind.WITNESS,
            shape,
            IntegerRules.exponentials(
                interval(e.input()), shape, e.axis(), e.shift(), e.entries()));
      }
      case RoundedQuotient q ->
          type(
              Kind.WITNESS,
              Shapes.elementwise(q.numerator().shape(), q.denominator().shape()),
              IntegerRules.quotient(q.bits(), q.low(), q.high()));
      case EuclideanNorm n -> {
        Shape shape = n.input().shape();
        yield type(
            Kind.WITNESS,
            NormRules.shape(shape),
            NormRules.norm(
                interval(n.input()), shape.extent(shape.rank() - 1), n.constant(), n.exponents()));
      }
      case Reciprocal r -> {
        Shape shape = r.input().shape();
        require(
            shape.rank() >= 1 && shape.extent(shape.rank() - 1) == 1,
            "the last axis of a reciprocal has extent 1, the shape is %s",
            shape);
        yield type(Kind.WITNESS, shape, NormRules.reciprocal(interval(r.input()), r.bits()));
      }
      case Normalize n -> {
        Shape shape = NormRules.shape(n.input().shape());
        ofShape(n.norm(), shape);
        ofShape(n.reciprocal(), shape);
        yield virtual(n.input().shape(), NormRules.normalized(interval(n.norm()), n.bits()));
      }
    };
  }

  /** The bound of what is normalised holds for the reciprocal of the very input's norm alone. */
  private void normalized(Normalize n) {
    require(
        definition.apply(n.norm()).orElse(null) instanceof EuclideanNorm norm
            && norm.input().equals(n.input())
            && norm.exponents().equals(n.exponents()),
        "%s must be the Euclidean norm of %s",
        n.norm(),
        n.input());
    require(
        definition.apply(n.reciprocal()).orElse(null) instanceof Reciprocal r
            && r.input().equals(n.norm())
            && r.bits() == n.bits(),
        "%s must be the reciprocal of %s with %d bits",
        n.reciprocal(),
        n.norm(),
        n.bits());
  }

  private static Interval padded(Value input, List<Integer> low, List<Integer> high) {
    boolean pads = low.stream().anyMatch(n -> n > 0) || high.stream().anyMatch(n -> n > 0);
    return pads ? interval(input).withZero() : interval(input);
  }

  private static ColumnType sum(Sum s, ModelSums sums) {
    require(
        s.inputs().size() == s.coefficients().size(),
        "%d coefficients for %d inputs",
        s.coefficients().size(),
        s.inputs().size());
    Shape shape = s.result().shape();
    Interval bound = Interval.point(s.constant());
    for (int k = 0; k < s.inputs().size(); k++) {
      ofShape(s.inputs().get(k), shape);
      bound = bound.plus(interval(s.inputs().get(k)).times(s.coefficients().get(k)));
    }
    return virtual(shape, ExcessRules.of(s, sums::definition).orElse(bound));
  }

  private static ColumnType max(Max m) {
    Shape shape = m.result().shape();
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (Value input : m.inputs()) {
      ofShape(input, shape);
      low = Math.max(low, interval(input).low());
      high = Math.max(high, interval(input).high());
    }
    return type(Kind.WITNESS, shape, new Interval(low, high));
  }

  private static void ofShape(Value input, Shape shape) {
    require(
        input.shape().equals(shape),
        "%s has shape %s, the result has %s",
        input,
        input.shape(),
        shape);
  }

  /**
   * The interval of sums of products. With a matrix of the model it follows from the known bounds
   * of the matrix' sums, with any other from all products at their extremes.
   */
  private static Interval product(MatMul m, ModelSums sums) {
    Interval left = interval(m.left());
    Optional<Interval> known =
        m.right().shape().rank() == 2
            ? sums.weighted(left, m.right()).map(i -> sums.withinNorms(i, m.left(), m.right()))
            : Optional.empty();
    return known.orElseGet(() -> IntegerRules.matMul(left, interval(m.right()), m.left().shape()));
  }

  /**
   * The interval of the sums of a contraction: all products at their extremes, and with a model
   * column within the known bounds of the column's sums. These bounds are over a whole channel; a
   * contraction with an index in both factors sums only a part of it.
   */
  private static Interval contracted(Contract c, ModelSums sums) {
    Contraction indices = c.contraction();
    Interval left = interval(c.left());
    Interval right = interval(c.right());
    if (indices.hasWindows()) {
      left = left.withZero();
      right = right.withZero();
    }
    Interval each = left.times(right).times(indices.terms());
    Optional<Interval> known = isByChannel(c) ? sums.weighted(left, c.right()) : Optional.empty();
    return known
        .map(k -> isOfLines(c) ? sums.withinNorms(k, c.left(), c.right()) : k)
        .map(k -> k.clamp(each.low(), each.high()))
        .orElse(each);
  }

  /** Whether every sum is over a line of the left factor and a channel of the right one. */
  private static boolean isOfLines(Contract c) {
    Contraction indices = c.contraction();
    return indices.right().size() == 2
        && !indices.left().isEmpty()
        && !indices.hasWindows()
        && indices.left().getLast().equals(indices.right().getLast())
        && indices.terms() == c.right().shape().extent(1);
  }

  /** Whether no sum of a contraction goes over axis 0 of its right factor, the output channels. */
  private static boolean isByChannel(Contract c) {
    Contraction indices = c.contraction();
    return !indices.right().isEmpty()
        && indices.kept().containsAll(indices.right().getFirst().indices());
  }

  private static Interval weighted(Interval input, Value weight, ModelSums sums) {
    return sums.weighted(input, weight)
        .orElseThrow(
            () -> new IllegalArgumentException("the weight " + weight + " must be a model column"));
  }

  /**
   * Products with model columns exact per output channel; products with views of them as declared.
   */
  private final class Exact implements ModelSums {
    @Override
    public Optional<Interval> weighted(Interval input, Value weight) {
      return switch (Factor.of(weight, definition)) {
        case Factor.OfModel m -> Optional.of(m.weights().sums().outputs(input, new long[0]));
        case Factor.ViewOfModel _, Factor.OfData _ -> Optional.empty();
      };
    }

    @Override
    public Interval withinNorms(Interval sums, Value input, Value weight) {
      return switch (Factor.of(weight, definition)) {
        case Factor.OfModel m ->
            LineNorms.within(
                sums, ColumnNorms.of(input, definition), m.weights().sums().mostNorm());
        case Factor.ViewOfModel _, Factor.OfData _ -> sums;
      };
    }

    @Override
    public Optional<Op> definition(Value column) {
      return definition.apply(column);
    }

    @Override
    public boolean isGiven(CircuitOp op) {
      return switch (op) {
        case Contract c ->
            !(isByChannel(c) && Factor.of(c.right(), definition) instanceof Factor.OfModel)
                && (isOfModel(c.left()) || isOfModel(c.right()));
        case WindowSum w -> isModelWeighted(w.input());
        case SpectralProduct p -> isOfModel(p.left()) || isOfModel(p.right());
        case SpectralSum s -> isModelWeighted(s.input());
        case Model _,
            SumOfProducts _,
            ForwardTransform _,
            ModelSpectrum _,
            InverseTransform _,
            Product _,
            Sum _,
            Unfold _,
            Gather _,
            CommittedOp _,
            View _ ->
            false;
      };
    }
  }

  /** Whether the column is a product with model values, or a view or partial sum of one. */
  private boolean isModelWeighted(Value value) {
    Optional<Op> op = definition.apply(value);
    return op.isPresent()
        && switch ((CircuitOp) op.get()) {
          case Product p -> isOfModel(p.left()) || isOfModel(p.right());
          case SpectralProduct p -> isOfModel(p.left()) || isOfModel(p.right());
          case SpectralSum o -> isModelWeighted(o.input());
          case InverseTransform o -> isModelWeighted(o.input());
          case WindowSum o -> isModelWeighted(o.input());
          case Unfold o -> isModelWeighted(o.input());
          case UnaryView o -> isModelWeighted(o.input());
          case FftConv _ -> true;
          case Model _,
              Contract _,
              SumOfProducts _,
              ForwardTransform _,
              ModelSpectrum _,
              Sum _,
              Concatenate _,
              Gather _,
              CommittedOp _ ->
              false;
        };
  }

  private boolean isOfModel(Value value) {
    return Factor.of(value, definition).isOfModel();
  }

  private static Interval interval(Value value) {
    require(value.type() instanceof ColumnType, "%s is a spectrum, it must be a column", value);
    return Interval.of(value.columnType());
  }

  private static ColumnType virtual(Shape shape, Interval interval) {
    return type(Kind.VIRTUAL, shape, interval);
  }

  private static ColumnType type(Kind kind, Shape shape, Interval interval) {
    return new ColumnType(kind, shape, interval.low(), interval.high());
  }

  private static void compare(Value result, ColumnType type) {
    require(result.type() instanceof ColumnType, "the result must be a column");
    ColumnType found = result.columnType();
    require(
        found.kind() == type.kind(),
        "the result is a %s column, it must be %s",
        found.kind().name().toLowerCase(Locale.ROOT),
        type.kind().name().toLowerCase(Locale.ROOT));
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
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
