package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Factor;
import org.zkc.ir.Function;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.MatMul;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.RemainderRules;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.WideClamp;

/**
 * Lowers an integer-level program to columns and relations. Convolutions and linear maps become
 * contractions, or transforms ({@link TransformProducts}). Tables cover exactly the interval of
 * what looks them up. The circuit computes the same integers as the program.
 */
public final class IntegerToCircuit {
  /** The lowering under its name; without argument every convolution is in direct form. */
  public static final Lowering LOWERING =
      new Lowering(
          "integer-to-circuit",
          "Lowers integer arithmetic to columns and relations.",
          Level.INTEGER,
          Level.CIRCUIT,
          "direct|fft|auto",
          arguments -> {
            if (arguments.size() > 1) {
              throw new IllegalArgumentException("one form of convolutions at most");
            }
            ConvolutionPolicy policy =
                arguments.isEmpty()
                    ? ConvolutionPolicy.DIRECT
                    : ConvolutionPolicy.valueOf(arguments.getFirst().toUpperCase(Locale.ROOT));
            return (program, context) -> lower(program, policy.choice(), context);
          });

  private final FunctionBuilder function;
  private final CircuitBuilder out;
  private final Uses uses;
  private final ConvolutionForm.Choice forms;
  private final PassContext context;
  private final Map<Value, Value> columns = new IdentityHashMap<>();

  private IntegerToCircuit(Function main, ConvolutionForm.Choice forms, PassContext context) {
    this.forms = forms;
    this.function = new FunctionBuilder(main.name(), main.location());
    this.out = new CircuitBuilder(function);
    this.uses = Uses.of(main);
    this.context = context;
  }

  /** Lowers main, every convolution in direct form. */
  public static Program lower(Program integer, PassContext context) {
    return lower(integer, ConvolutionPolicy.DIRECT.choice(), context);
  }

  /** Lowers main. */
  public static Program lower(Program integer, ConvolutionForm.Choice forms, PassContext context) {
    Function main = integer.main();
    return Program.of(Level.CIRCUIT, new IntegerToCircuit(main, forms, context).run(main));
  }

  private Function run(Function main) {
    for (Value parameter : main.parameters()) {
      Interval interval = interval(parameter);
      ColumnType type =
          new ColumnType(
              ColumnType.Kind.PUBLIC, parameter.shape(), interval.low(), interval.high());
      columns.put(parameter, function.parameter(parameter.name(), type));
    }
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      out.at(result.name(), op.location());
      if (!(op instanceof WindowMax w && isMergedIntoReader(w))) {
        columns.put(result, lower((IntegerOp) op));
      }
    }
    return function.build(main.results().stream().map(columns::get).toList());
  }

  private Value lower(IntegerOp op) {
    return switch (op) {
      case Parameter p -> {
        IntegerWeights weights = p.weights();
        Shape shape = weights.shape();
        Shape rows = withoutLeadingOnes(shape);
        if (isWeightOfRows(p)) {
          yield out.model(p.name(), weights.reshape(withRow(shape)), interval(p.result()));
        } else if (!rows.equals(shape) && weights.shift(0) == 0 && isReadByElement(p)) {
          yield out.reshape(
              out.model(p.name(), weights.reshape(rows), interval(p.result())), shape);
        }
        yield out.model(p.name(), weights, interval(p.result()));
      }
      case Conv c -> conv(c);
      case Linear l -> {
        Value y =
            new Contractions(out)
                .matMul(get(l.input()), get(l.weight()), sumsOfLines(l.input(), l.weight()));
        yield withBias(y, l.bias(), y.shape().rank() - 1);
      }
      case MatMul m ->
          new Contractions(out).matMul(get(m.left()), get(m.right()), interval(m.result()));
      case Requantize r -> requantize(r);
      case Table t -> out.requantizeTable(get(t.input()), 0, t.first(), t.entries());
      case RequantizeTable t ->
          out.requantizeTable(get(t.input()), t.shift(), t.first(), t.entries());
      case Add a -> out.sum(List.of(get(a.left()), get(a.right())), List.of(1L, 1L));
      case Subtract s -> difference(s);
      case Multiply m -> out.product(get(m.left()), get(m.right()));
      case Scale s -> out.sum(List.of(get(s.input())), List.of(s.factor()));
      case WindowSum w ->
          out.windowSum(
              get(w.input()), w.axis(), w.starts(), w.lengths(), w.factors(), interval(w.result()));
      case WindowMax w -> {
        List<WindowMax> windows = merged(w);
        yield new WindowMaxima(out).max(get(windows.getFirst().input()), windows);
      }
      case Exponentials e -> {
        Value x = get(e.input());
        // A single element is its line's greatest.
        yield x.shape().extent(e.axis()) == 1
            ? out.requantizeTable(out.sum(List.of(x), List.of(0L)), 0, 0, e.entries())
            : out.exponentials(x, e.axis(), e.shift(), e.entries());
      }
      case RoundedQuotient q ->
          out.roundedQuotient(
              get(q.numerator()), get(q.denominator()), q.bits(), q.low(), q.high());
      case Gather g -> out.gather(get(g.table()), get(g.indices()));
      case EuclideanNorm n -> out.euclideanNorm(get(n.input()), n.constant(), List.of());
      case Normalize n -> {
        Value x = get(n.input());
        Value norm = out.euclideanNorm(x, n.constant(), n.exponents());
        Value reciprocal = out.reciprocal(norm, Normalize.BITS);
        yield out.normalize(x, norm, reciprocal, Normalize.BITS, n.exponents());
      }
      case View v ->
          out.lower(v, v.operands().stream().map(this::get).toList(), UnaryOperator.identity());
    };
  }

  /** A lower limb is a sum of its own, which the circuit's rules bound as such. */
  private Value difference(Subtract s) {
    Optional<RemainderRules.Upper> upper = RemainderRules.upper(s, uses::definition);
    return upper.isPresent()
        ? out.remainder(
            get(s.left()), get(upper.get().result()), upper.get().shift(), interval(s.result()))
        : out.sum(List.of(get(s.left()), get(s.right())), List.of(1L, -1L));
  }

  private Value requantize(Requantize r) {
    Value x = get(r.input());
    Optional<WideClamp> wide =
        WideClamp.of(ColumnIntervals.interval(x), r.shift(), new Interval(r.low(), r.high()));
    if (wide.isPresent()) {
      context.count("integer-to-circuit.wide-clamps", 1);
      x = out.withoutExcess(x, wide.get());
    }
    return out.requantize(x, r.shift(), r.low(), r.high());
  }

  /** One spatial axis is two, the first of extent 1. */
  private Value conv(Conv c) {
    boolean plane = c.strides().size() == 2;
    Value x = plane ? get(c.input()) : out.reshape(get(c.input()), withRow(c.input().shape()));
    Value weight = get(c.weight());
    if (weight.shape().rank() == 3) {
      weight = out.reshape(weight, withRow(weight.shape()));
    }
    ConvolutionForm.Geometry geometry =
        new ConvolutionForm.Geometry(
            x.shape(),
            weight.shape(),
            plane ? c.result().shape() : withRow(c.result().shape()),
            plane ? c.strides() : List.of(1, c.strides().getFirst()),
            plane ? c.paddingLow() : List.of(0, c.paddingLow().getFirst()),
            plane ? c.dilations() : List.of(1, c.dilations().getFirst()),
            c.groups());
    Interval sums = sums(c.input(), c.weight());
    Value y =
        switch (forms.of(geometry)) {
          case DIRECT -> {
            if (!geometry.hasDirectForm()) {
              throw new UserException(
                  c.location(),
                  "a kernel of %s taps on a result of shape %s is too long for the direct form; compile with --conv auto or fft"
                      .formatted(weight.shape(), c.result().shape()));
            }
            context.count("integer-to-circuit.direct-convolutions", 1);
            yield new Contractions(out).conv(x, weight, geometry, sums);
          }
          case FFT -> {
            if (!geometry.hasTransforms()) {
              throw new UserException(
                  c.location(),
                  "transforms for this convolution would have %s points, which is too many; compile with --conv auto or direct"
                      .formatted(geometry.transformSizes()));
            }
            context.count("integer-to-circuit.fft-convolutions", 1);
            yield new TransformProducts(out).conv(x, weight, geometry, sums);
          }
        };
    return out.reshape(withBias(y, c.bias(), 1), c.result().shape());
  }

  /** Whether the parameter is the weight of convolutions over one axis, and nothing else. */
  private boolean isWeightOfRows(Parameter p) {
    return p.weights().shape().rank() == 3
        && !uses.isYielded(p.result())
        && !uses.users(p.result()).isEmpty()
        && uses.users(p.result()).stream()
            .allMatch(user -> user instanceof Conv c && c.weight() == p.result());
  }

  /** Whether no user is a map, which needs the parameter in its own shape. */
  private boolean isReadByElement(Parameter p) {
    return uses.users(p.result()).stream()
        .noneMatch(
            user -> user instanceof Conv || user instanceof Linear || user instanceof MatMul);
  }

  /**
   * The shape without leading axes of extent 1, as far as two axes remain. Axis 0 numbers the rows
   * of a commitment, so [1, 24, 49, 49] would be a single row as wide as all of the elements.
   */
  private static Shape withoutLeadingOnes(Shape shape) {
    int first = 0;
    while (first < shape.rank() - 2 && shape.extent(first) == 1) {
      first++;
    }
    return new Shape(shape.extents().subList(first, shape.rank()));
  }

  private static Shape withRow(Shape shape) {
    List<Integer> extents = new ArrayList<>(shape.extents());
    extents.add(2, 1);
    return new Shape(extents);
  }

  /** The interval of a linear map without its bias. */
  private Interval sums(Value input, Value weight) {
    return ColumnIntervals.weighted(interval(input), weights(weight).sums());
  }

  /** The contraction of a map along the last axis of its input. */
  private Interval sumsOfLines(Value input, Value weight) {
    return LineNorms.within(
        sums(input, weight),
        LineNorms.of(input, uses::definition),
        weights(weight).sums().mostNorm());
  }

  private IntegerWeights weights(Value weight) {
    return switch (Factor.of(weight, uses::definition)) {
      case Factor.OfModel m -> m.weights();
      case Factor.ViewOfModel _, Factor.OfData _ ->
          throw new IllegalArgumentException("the weight " + weight + " must be a parameter");
    };
  }

  private Value withBias(Value y, Optional<Value> bias, int axis) {
    if (bias.isEmpty()) {
      return y;
    }
    List<Integer> extents = CircuitBuilder.repeat(y.shape().rank(), 1);
    extents.set(axis, y.shape().extent(axis));
    Value spread = out.broadcast(out.reshape(get(bias.get()), new Shape(extents)), y.shape());
    return out.sum(List.of(y, spread), List.of(1L, 1L));
  }

  /**
   * The chain of window maxima that ends in {@code last} and is one pooling window of at most four
   * taps, first to last.
   */
  private List<WindowMax> merged(WindowMax last) {
    List<WindowMax> chain = new ArrayList<>(List.of(last));
    int taps = last.size();
    while (uses.definition(chain.getFirst().input()).orElse(null) instanceof WindowMax before
        && uses.count(before.result()) == 1
        && before.axis() != last.axis()
        && chain.size() == 1
        && taps * before.size() <= WindowMaxima.MOST) {
      chain.addFirst(before);
    }
    return chain;
  }

  /**
   * Whether the one reader of the maximum computes it along with its own: pairs of the chain
   * counted from its end.
   */
  private boolean isMergedIntoReader(WindowMax op) {
    if (uses.count(op.result()) != 1 || uses.isYielded(op.result())) {
      return false;
    }
    return uses.users(op.result()).getFirst() instanceof WindowMax reader
        && !isMergedIntoReader(reader)
        && merged(reader).contains(op);
  }

  private Value get(Value value) {
    return Objects.requireNonNull(columns.get(value), "no op before the use defined the value");
  }

  private static Interval interval(Value value) {
    return Interval.of(value.integerType());
  }
}
