package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.IntegerBinary;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.LogSoftmax;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Lowers one tensor-level function to integers. The outcome depends on the function, the ranges of
 * its values, the options and the precision alone. Each family of ops has a class of its own; all
 * read operands from {@link IntegerValues}.
 */
final class IntegerLowering {
  private final IntegerValues values;
  private final Accumulators accumulators;
  private final ActivationLowering activations;
  private final PoolLowering pools;
  private final StandardizationLowering standardizations;
  private final ExactLowering exact;
  private final GatherLowering gathers;
  private final TopKLowering tops;
  private final DivisionLowering divisions;
  private final Ranges ranges;
  private final AttentionLowering attentions;
  private final JoinedParts joined;

  /** Products in two limbs; empty where precision asks for none. */
  private final Optional<LimbProducts> limbs;

  /** Takes what is refused, after which the lowering goes on; where empty, it ends. */
  private final Optional<Consumer<UserException>> refusals;

  private IntegerLowering(
      IntegerValues values,
      Accumulators accumulators,
      ActivationLowering activations,
      PoolLowering pools,
      AttentionLowering attentions,
      Ranges ranges,
      Optional<LimbProducts> limbs,
      Optional<Consumer<UserException>> refusals) {
    this.limbs = limbs;
    this.values = values;
    this.refusals = refusals;
    this.accumulators = accumulators;
    this.activations = activations;
    this.pools = pools;
    this.standardizations = new StandardizationLowering(values, accumulators);
    this.ranges = ranges;
    this.gathers = new GatherLowering(values);
    this.tops = new TopKLowering(values);
    this.divisions = new DivisionLowering(values, accumulators, ranges);
    this.exact = new ExactLowering(values, gathers, pools);
    this.attentions = attentions;
    this.joined = new JoinedParts(values);
  }

  /** The outcome at one precision. */
  sealed interface Outcome {}

  /**
   * The integer program.
   *
   * @param bits of tensors, by name
   */
  record Lowered(QuantizedProgram program, Map<String, Integer> bits, PassContext counts)
      implements Outcome {}

  /**
   * An op has no integer form, or integers or tables do not fit.
   *
   * @param location the op's line of the user's model
   * @param sentence what does not fit, and the remedy
   */
  record Refused(Location location, String sentence) implements Outcome {
    UserException exception() {
      return new UserException(location, sentence);
    }
  }

  /**
   * Lowers at a precision.
   *
   * @param cache of weights that other precisions rounded
   */
  static Outcome lower(
      Function main,
      Ranges ranges,
      QuantizationOptions options,
      Precision precision,
      WeightCache cache) {
    try {
      return lowered(main, ranges, options, precision, cache, Optional.empty());
    } catch (UserException e) {
      return new Refused(e.location(), e.getMessage());
    }
  }

  /** Everything for which the lowering with the fewest bits is refused, in program order. */
  static List<UserException> refusals(Function main, Ranges ranges) {
    List<UserException> found = new ArrayList<>();
    try {
      lowered(
          main,
          ranges,
          QuantizationOptions.DEFAULT,
          Precision.LEAST,
          new WeightCache(TaskRunner.CALLER),
          Optional.of(found::add));
    } catch (UserException e) {
      found.add(e);
    }
    return found;
  }

  private static Lowered lowered(
      Function main,
      Ranges ranges,
      QuantizationOptions options,
      Precision precision,
      WeightCache cache,
      Optional<Consumer<UserException>> refusals) {
    PassContext counts = new PassContext();
    Map<String, Integer> bits = new TreeMap<>();
    TensorAnalysis analysis = new TensorAnalysis(main);
    ScaleClasses classes = new ScaleClasses(main, analysis, ranges, options, precision, cache);
    IntegerBuilder out = new IntegerBuilder(main.name(), main.location());
    ParameterLowering parameters = new ParameterLowering(analysis, out);
    IntegerValues values = new IntegerValues(analysis, classes, out, parameters);
    WeightLowering weights =
        new WeightLowering(
            main, analysis, ranges, options, precision, out, parameters, cache, bits);
    Accumulators accumulators = new Accumulators(values, weights, options, counts);
    Function integers =
        new IntegerLowering(
                values,
                accumulators,
                new ActivationLowering(values, accumulators, ranges, precision, cache),
                new PoolLowering(values),
                new AttentionLowering(values, accumulators, ranges, precision),
                ranges,
                precision.isWide() ? Optional.of(new LimbProducts(out)) : Optional.empty(),
                refusals)
            .run(main);
    bits.putAll(values.bits(integers));
    return new Lowered(
        new QuantizedProgram(Program.of(Level.INTEGER, integers), values.counterparts()),
        bits,
        counts);
  }

  private Function run(Function main) {
    for (Value parameter : main.parameters()) {
      values.define(parameter, values.out().input(parameter.name(), inputType(parameter)));
    }
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      if (!values.analysis().isConstant(result) && !values.analysis().isDeferred(result)) {
        values.out().at(result.name(), OpSpec.of(op).mnemonic(), op.location());
        try {
          values.define(result, materialise((TensorOp) op));
        } catch (UserException e) {
          refusals.orElseThrow(() -> e).accept(e);
          values.define(result, anything(result));
        }
      }
    }
    return values.out().build(main.results().stream().map(this::output).toList());
  }

  private Value output(Value result) {
    return values.analysis().isConstant(result) && TensorAnalysis.isExact(result)
        ? exact.integers(result)
        : values.output(result);
  }

  private IntegerType inputType(Value parameter) {
    if (TensorAnalysis.isExact(parameter)) {
      Interval interval =
          Objects.requireNonNull(
              ranges.integerInputs().get(parameter), "calibration saw every parameter");
      return new IntegerType(parameter.shape(), interval.low(), interval.high(), 1);
    }
    Quantum q = values.classes().quantum(parameter);
    long low = values.classes().grid(parameter).map(Quantum::low).orElse(-q.high());
    return new IntegerType(parameter.shape(), low, q.high(), q.scale());
  }

  /** Integers in place of those that an op does not give; of reals, in their class's interval. */
  private Value anything(Value value) {
    IntegerType type;
    if (TensorAnalysis.isExact(value)) {
      type = new IntegerType(value.shape(), 0, 1, 1);
    } else {
      Quantum q = values.classes().quantum(value);
      type = new IntegerType(value.shape(), q.low(), q.high(), q.scale());
    }
    return values.out().input(value.name(), type);
  }

  private Value materialise(TensorOp op) {
    return TensorAnalysis.isExact(op.result()) ? exact.lower(op) : real(op);
  }

  private Value real(TensorOp op) {
    requireReal(op);
    return values.analysis().isIntegral(op.result()) ? integral(op) : scaled(op);
  }

  /** Integers in units of 1. */
  private Value integral(TensorOp op) {
    IntegerBuilder out = values.out();
    return switch (op) {
      case Linear l ->
          out.linear(values.exactly(l.input()), units(l.weight()), l.bias().map(this::units));
      case Add a -> out.add(units(a.left()), units(a.right()));
      case Subtract s -> out.subtract(units(s.left()), units(s.right()));
      case Multiply m -> out.multiply(units(m.left()), units(m.right()));
      case UnaryView v -> out.viewOfReals(v, List.of(units(v.input())));
      case Relu r -> cut(units(r.input()), 0, Double.POSITIVE_INFINITY);
      case Clamp c -> cut(units(c.input()), c.low(), c.high());
      case Concatenate c ->
          out.concatenate(c.inputs().stream().map(this::units).toList(), c.axis());
      case WindowMean w ->
          out.windowSum(units(w.input()), w.axis(), w.starts(), w.lengths(), w.divisors(), 1);
      default -> scaled(op);
    };
  }

  /** Whole numbers cut to those between two bounds. */
  private Value cut(Value x, double low, double high) {
    Interval all = IntegerBuilder.interval(x);
    return values
        .out()
        .requantize(
            x,
            0,
            (long) Math.clamp(all.low(), low, high),
            (long) Math.clamp(all.high(), low, high));
  }

  private Value units(Value value) {
    return values.analysis().isConstant(value)
        ? values.parameters().constant(value, 1)
        : values.exactly(value);
  }

  private Value scaled(TensorOp op) {
    return switch (op) {
      case Cast c -> values.exactly(c.input());
      case CompareZero c -> exact.lower(c);
      case TopK t -> tops.of(t);
      case Gather g -> gathers.of(g);
      case Conv c -> accumulators.root(c.result(), c.location());
      case Linear l -> accumulators.root(l.result(), l.location());
      case MatMul m -> MatMulLowering.of(m, values.out(), values::narrow, limbs);
      case BatchNorm b -> accumulators.root(b.result(), b.location());
      case Add a -> accumulators.root(a.result(), a.location());
      case Subtract s -> accumulators.root(s.result(), s.location());
      case Divide d -> divide(d);
      case Multiply m ->
          values.analysis().isAccumulating(m.result())
              ? accumulators.root(m.result(), m.location())
              : product(m);
      case Relu r -> activations.clamp(r, 0, Double.POSITIVE_INFINITY);
      case Clamp c -> activations.clamp(c, c.low(), c.high());
      case FakeQuantize f -> activations.onGrid(f);
      case IndexWrap _, IntegerBinary _ -> throw new IllegalStateException("these are integers");
      case Activation t -> activations.activation(t);
      case MaxPool p -> pools.maxPool(p);
      case WindowMean w -> pools.windowMean(w);
      case Concatenate c when values.classes().isApart(c.result()) -> joined.of(c);
      case Concatenate c -> {
        Quantum q = values.classes().quantum(c.result());
        yield values
            .out()
            .concatenate(
                c.inputs().stream()
                    .map(v ->
                        values.analysis().isConstant(v)
                            ? values.parameters().constant(v, q.scale())
                            : values.atClassScale(v))
                    .toList(),
                c.axis());
      }
      case Standardization s -> standardizations.of(s);
      case Softmax s ->
          s.mask().isEmpty()
                  && values.analysis().feedsOutputsOnly(s.result())
                  && !attentions.areSharesAlike(s)
              ? softmax(s, s.input(), s.axis()).softmax()
              : attentions.softmax(s);
      case Attention a -> attentions.attention(a);
      case LogSoftmax s -> softmax(s, s.input(), s.axis()).logSoftmax();
      case UnaryView v -> viewOf(v);
      case Constant c ->
          throw new IllegalStateException("constants are emitted where they are read");
    };
  }

  /** Only casts, indices and masks bring integers into real numbers. */
  private static void requireReal(TensorOp op) {
    boolean takesIntegers =
        op instanceof Cast
            || op instanceof Gather
            || op instanceof Softmax
            || op instanceof Attention;
    if (!takesIntegers && op.operands().stream().anyMatch(TensorAnalysis::isExact)) {
      throw new UserException(
          op.location(),
          "%s takes real numbers here and is given integers; convert them with .float() first"
              .formatted(OpSpec.of(op).mnemonic()));
    }
  }

  /** Factors of few bits; beside a boolean the other one as it is. */
  private Value product(Multiply op) {
    IntegerBuilder out = values.out();
    if (isBoolean(op.left()) != isBoolean(op.right())) {
      Value boole = isBoolean(op.left()) ? op.left() : op.right();
      Value other = boole == op.left() ? op.right() : op.left();
      if (!values.analysis().isConstant(other)) {
        return out.multiply(values.exactly(other), values.exactly(boole));
      }
    }
    Value left = values.narrow(op.left(), IntegerValues.NARROW);
    Value right = values.narrow(op.right(), IntegerValues.NARROW);
    return limbs
        .flatMap(l -> l.of(left, right, 1, out::multiply))
        .orElseGet(() -> {
          MatMulLowering.Factors factors =
              MatMulLowering.fitted(left, right, FieldBounds.ROUNDED_LIMIT, out);
          return out.multiply(factors.left(), factors.right());
        });
  }

  private boolean isBoolean(Value value) {
    return values.analysis().isIntegral(value)
        && !values.analysis().isConstant(value)
        && new Interval(0, 1).contains(IntegerBuilder.interval(values.exactly(value)));
  }

  private Value divide(Divide op) {
    if (!values.analysis().isConstant(op.right())) {
      return divisions.of(op);
    }
    if (values.analysis().isAccumulating(op.result())) {
      return accumulators.root(op.result(), op.location());
    }
    double[] factors =
        ((ConstantFactor.PerElement) values.analysis().scaled(op).orElseThrow().factor()).factors();
    Value factor =
        values.parameters().rounded(op.result().name() + ".divisor", factors, op.result().shape());
    return values.out().multiply(values.narrow(op.left(), IntegerValues.NARROW), factor);
  }

  private Value viewOf(UnaryView op) {
    if (values.analysis().isDeferred(op.input())) {
      return accumulators.root(op.result(), op.location());
    }
    Value integers =
        values.classes().isApart(op.input())
            ? values.exactly(op.input())
            : values.narrow(op.input(), IntegerValues.CONSUMABLE);
    return values.out().viewOfReals(op, List.of(integers));
  }

  private SoftmaxLowering softmax(TensorOp op, Value input, int axis) {
    return SoftmaxLowering.of(op, input, axis, values, accumulators);
  }
}
