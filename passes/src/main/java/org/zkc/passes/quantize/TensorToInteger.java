package org.zkc.passes.quantize;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.tensor.Activation;
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
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Quantisation: lowers a tensor-level program to the integer level. The scheme is
 * docs/quantisation.md: each activation has one real scale (per {@link ScaleClasses class} of
 * values); each linear map's integer weights absorb the ratio of scales, so that requantisation is
 * a shift; sums are taken in accumulators and requantised once, together with the activation that
 * reads them.
 */
public final class TensorToInteger {
  /** The lowering under its name: ranges from noise, {@code bits} for all tensors. */
  public static final Lowering LOWERING =
      new Lowering(
          "tensor-to-integer",
          "Quantises a calibrated floating-point program to integers.",
          Level.TENSOR,
          Level.INTEGER,
          "BITS",
          arguments -> {
            if (arguments.size() > 1) {
              throw new IllegalArgumentException("one number of bits at most");
            }
            QuantizationOptions options =
                arguments.isEmpty()
                    ? QuantizationOptions.DEFAULT
                    : QuantizationOptions.fixed(Integer.parseInt(arguments.getFirst()), Map.of());
            return (program, context) ->
                lower(program, Calibrate.runDefault(program), options, context).program();
          });

  /** Counts that begin so are bits of tensors, by name. */
  public static final String BITS = "bits.";

  /** Integers up to here are read by maxima and products as they are, without requantisation. */
  private static final long NARROW = 1 << 12;

  /** Integers up to here are read by linear maps as they are, where the accumulator has room. */
  private static final long CONSUMABLE = 1 << 20;

  /**
   * Integers up to here are summands as they are: a sum has room for a multiplier of 8 bits and
   * more.
   */
  private static final long SUMMAND = 1 << 16;

  /** Beyond this many steps on each side the table of a rectifier ends. */
  private static final int MOST_TABLE_STEPS = 1 << 13;

  /** Scale of results of tables that are outputs of the program: 15 bits and sign. */
  private static final int OUTPUT_TABLE_BITS = 16;

  private final TensorAnalysis analysis;
  private final ScaleClasses classes;
  private final Ranges ranges;
  private final QuantizationOptions options;
  private final Precision precision;
  private final PassContext context;

  /** Bits of weights and of what is requantised, by name. */
  private final Map<String, Integer> bits;

  private final IntegerBuilder out;
  private final ParameterLowering parameters;
  private final WeightLowering weights;

  /** Integers that stand for a value, as precise as there are. */
  private final Map<Value, Value> exact = new IdentityHashMap<>();

  /** The same requantised to the scale of the value's class. */
  private final Map<Value, Value> narrowed = new IdentityHashMap<>();

  private TensorToInteger(
      Function main,
      Ranges ranges,
      QuantizationOptions options,
      Precision precision,
      PassContext context,
      WeightCache cache,
      Map<String, Integer> bits) {
    this.bits = bits;
    this.analysis = new TensorAnalysis(main);
    this.classes = new ScaleClasses(main, analysis, ranges, options, precision);
    this.precision = precision;
    this.ranges = ranges;
    this.options = options;
    this.context = context;
    this.out = new IntegerBuilder(main.name(), main.location());
    this.parameters = new ParameterLowering(analysis, out);
    this.weights =
        new WeightLowering(
            main, analysis, ranges, options, precision, out, parameters, cache, bits);
  }

  /**
   * Without a target of fidelity.
   *
   * @see #lower(Program, Ranges, QuantizationOptions, Optional, PassContext)
   */
  public static QuantizedProgram lower(
      Program tensor, Ranges ranges, QuantizationOptions options, PassContext context) {
    return lower(tensor, ranges, options, Optional.empty(), context);
  }

  /**
   * @param tensor main's parameters are floating-point; weights are Constant ops
   * @param ranges calibration of this very program
   * @param target fidelity that is to be reached
   * @param context gets, among counts, the bits of each tensor as {@link #BITS} and its name
   * @throws UserException at the user's line for ops without an integer form, for sums that leave
   *     (-2^30, 2^30), and when the target is not reached
   */
  public static QuantizedProgram lower(
      Program tensor,
      Ranges ranges,
      QuantizationOptions options,
      Optional<FidelityTarget> target,
      PassContext context) {
    Function main = tensor.main();
    options.checkNames(main);
    WeightCache cache = new WeightCache();
    PrecisionSearch search =
        new PrecisionSearch(
            tensor,
            ranges,
            (precision, counts, bits) ->
                new TensorToInteger(main, ranges, options, precision, counts, cache, bits)
                    .run(main),
            context.tasks());
    boolean isFixed = options.bits().isPresent();
    PrecisionSearch.Candidate chosen = isFixed ? search.asAsked() : search.cheapest();
    if (target.isPresent()) {
      chosen =
          new FidelitySearch(
                  tensor,
                  target.get(),
                  search,
                  isFixed,
                  ranges.isDefaultNoise(),
                  context.tasks())
              .reach(chosen);
    }
    chosen.counts().statistics().forEach(context::count);
    chosen.bits().forEach((name, n) -> context.count(BITS + name, n));
    return chosen.program();
  }

  private QuantizedProgram run(Function main) {
    for (Value parameter : main.parameters()) {
      if (!parameter.tensorType().dtype().isFloating()) {
        throw new UserException(
            main.location(),
            "input %s has elements of type %s; only floating-point inputs can be quantised"
                .formatted(parameter.name(), parameter.tensorType().dtype().text()));
      }
      Quantum q = classes.quantum(parameter);
      exact.put(
          parameter,
          out.input(
              parameter.name(),
              new IntegerType(parameter.shape(), -q.high(), q.high(), q.scale())));
    }
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      if (!analysis.isConstant(result) && !analysis.isDeferred(result)) {
        out.at(result.name(), OpSpec.of(op).mnemonic(), op.location());
        exact.put(result, materialise((TensorOp) op));
      }
    }
    List<Value> results = main.results().stream().map(this::output).toList();
    Function integers = out.build(results);
    Uses uses = Uses.of(integers);
    exact.forEach((value, x) -> {
      if (uses.definition(x).orElse(null) instanceof Requantize) {
        bits.put(value.name(), bitsOf(x));
      }
    });
    narrowed.forEach((value, x) -> bits.put(value.name(), bitsOf(x)));
    return new QuantizedProgram(
        Program.of(Level.INTEGER, integers), Collections.unmodifiableMap(exact));
  }

  /** Bits of the integers between the value's bounds. */
  private static int bitsOf(Value value) {
    Interval interval = IntegerBuilder.interval(value);
    return Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, interval.high() - interval.low()));
  }

  private Value output(Value value) {
    return analysis.isConstant(value)
        ? parameters.constant(value, parameters.magnitude(value) / Short.MAX_VALUE)
        : exactly(value);
  }

  /** The integers of a value that an op before made. */
  private Value exactly(Value value) {
    return Objects.requireNonNull(exact.get(value), "no op before the use made the value");
  }

  // ---- values that are not part of another's accumulator ----

  private Value materialise(TensorOp op) {
    return switch (op) {
      case Conv c -> root(c.result(), c.location());
      case Linear l -> root(l.result(), l.location());
      case MatMul m -> MatMulLowering.of(m, out, this::narrow);
      case BatchNorm b -> root(b.result(), b.location());
      case Add a -> root(a.result(), a.location());
      case Subtract s -> root(s.result(), s.location());
      case Divide d -> divide(d);
      case Multiply m ->
          analysis.isAccumulating(m.result())
              ? root(m.result(), m.location())
              : out.multiply(narrow(m.left(), NARROW), narrow(m.right(), NARROW));
      case Relu r -> clamp(r, 0, Double.POSITIVE_INFINITY);
      case Clamp c -> clamp(c, c.low(), c.high());
      case Activation t -> table(t);
      case MaxPool p -> maxPool(p);
      case WindowMean w -> windowMean(w);
      case Concatenate c -> {
        Quantum q = classes.quantum(c.result());
        yield out.concatenate(
            c.inputs().stream()
                .map(v ->
                    analysis.isConstant(v) ? parameters.constant(v, q.scale()) : atClassScale(v))
                .toList(),
            c.axis());
      }
      case Softmax s -> softmax(s, s.input(), s.axis()).softmax();
      case LogSoftmax s -> softmax(s, s.input(), s.axis()).logSoftmax();
      case UnaryView v -> viewOrRoot(v);
      case Constant c ->
          throw new IllegalStateException("constants are emitted where they are read");
    };
  }

  private Value divide(Divide op) {
    if (!analysis.isConstant(op.right())) {
      throw new UserException(
          op.location(),
          "division by computed values is not supported; divide by constants or parameters only");
    }
    if (analysis.isAccumulating(op.result())) {
      return root(op.result(), op.location());
    }
    double[] factors =
        ((ConstantFactor.PerElement) analysis.scaled(op).orElseThrow().factor()).factors();
    Value factor =
        parameters.rounded(op.result().name() + ".divisor", factors, op.result().shape());
    return out.multiply(narrow(op.left(), NARROW), factor);
  }

  private Value viewOrRoot(UnaryView op) {
    if (analysis.isDeferred(op.input())) {
      return root(op.result(), op.location());
    }
    return out.viewOfReals(op, List.of(narrow(op.input(), CONSUMABLE)));
  }

  /**
   * The value of an accumulating op that nobody absorbs: exact for an output, else requantised at
   * once.
   */
  private Value root(Value value, Location location) {
    AccumulatorScale scale = terms(value);
    double only = scale.onlyIntegers();
    if (only > 0 && scale.fits(only, CONSUMABLE)) {
      return accumulate(value, only);
    }
    if (analysis.isOutput(value)) {
      return accumulate(value, scale.free());
    }
    Quantum q = classes.quantum(value);
    return requantized(value, scale, q, q.low(), q.high(), location);
  }

  private Value clamp(Elementwise op, double low, double high) {
    if (analysis.isDeferred(op.input())) {
      Quantum q = classes.quantum(op.result());
      return requantized(
          op.input(), terms(op.input()), q, q.least(low), q.greatest(low, high), op.location());
    }
    Value integers = exactly(op.input());
    Quantum q = classes.aligned(op.result(), integers.integerType().scale());
    return Rescaling.apply(out, integers, q, q.least(low), q.greatest(low, high));
  }

  private Value table(Activation op) {
    Quantum q = classes.quantum(op.result());
    boolean isOutput = analysis.isOutput(op.result());
    if (isOutput) {
      long high = 1L << (OUTPUT_TABLE_BITS - 1);
      double range = op.range().isBounded() ? op.range().magnitude() : q.scale() * q.high();
      q = new Quantum(range / high, -high, high);
    }
    double step = tableStep(op);
    Value input;
    if (analysis.isDeferred(op.input())) {
      long reach = (long) (tableEnd(op, step) / step);
      input =
          requantized(
              op.input(),
              terms(op.input()),
              new Quantum(step, -reach, reach),
              -reach,
              reach,
              op.location());
    } else {
      input = narrow(op.input(), NARROW);
    }
    Interval interval = IntegerBuilder.interval(input);
    TableEntries entries =
        TableEntries.of(op::apply, input.integerType().scale(), interval.low(), interval.high(), q);
    return out.table(input, entries.first(), entries.data(), q.scale());
  }

  /**
   * The scale of a table's input: a power of two, so that layers share tables, and fine enough for
   * the result's precision.
   */
  private double tableStep(Activation op) {
    Quantum result = classes.quantum(op.result());
    double range = result.scale() * result.high();
    int bits = precision.ofTableInput(range, ranges.of(op.result()).variation());
    if (!op.range().isBounded()) {
      bits = Math.max(bits, Long.SIZE - Long.numberOfLeadingZeros(result.high()));
    }
    return Math.scalb(
        1.0, (int) Math.floor(StrictMath.log(range / op.steepest()) / StrictMath.log(2)) - bits);
  }

  /** The greatest magnitude of a table's input, before ends that do not change are cut off. */
  private double tableEnd(Activation op, double step) {
    return Double.isFinite(op.saturation())
        ? op.saturation()
        : Math.min(classes.greatest(op.input()), MOST_TABLE_STEPS * step);
  }

  private Value maxPool(MaxPool op) {
    Value x = narrow(op.input(), NARROW);
    int axes = op.kernel().size();
    for (int k = axes - 1; k >= 0; k--) {
      int axis = op.input().shape().rank() - axes + k;
      int positions = op.result().shape().extent(axis);
      x =
          out.windowMax(
              x,
              axis,
              positions,
              op.kernel().get(k),
              op.strides().get(k),
              op.dilations().get(k),
              op.paddingLow().get(k));
    }
    return x;
  }

  /**
   * The exact sum: the division is in the scale, and in integer factors where the divisors differ.
   * Integers are narrowed where wide ones leave no room for precise factors: the mean of many takes
   * out what rounding each one adds.
   */
  private Value windowMean(WindowMean op) {
    Value x = narrow(op.input(), CONSUMABLE);
    Optional<MeanFactors> found = meanFactors(op, x);
    if (isImprecise(found) && !analysis.isConstant(op.input())) {
      x = atClassScale(op.input());
      found = meanFactors(op, x);
    }
    while (isImprecise(found) && IntegerBuilder.interval(x).magnitude() > FEWEST_SUMMED) {
      Interval half = IntegerBuilder.interval(x).shiftRounded(1);
      x = out.requantize(x, 1, half.low(), half.high());
      found = meanFactors(op, x);
    }
    if (isImprecise(found)) {
      throw new UserException(
          op.location(),
          "the windows of this mean have sizes from %d to %d, which no integer factors in the 31-bit field tell apart precisely; pool in two steps, or over windows of equal size"
              .formatted(
                  op.divisors().stream().min(Integer::compare).orElse(0),
                  op.divisors().stream().max(Integer::compare).orElse(0)));
    }
    MeanFactors mean = found.orElseThrow();
    return out.windowSum(
        x,
        op.axis(),
        op.starts(),
        op.lengths(),
        mean.factors(),
        x.integerType().scale() / mean.unit());
  }

  private static Optional<MeanFactors> meanFactors(WindowMean op, Value x) {
    return MeanFactors.of(op.divisors(), op.lengths(), IntegerBuilder.interval(x).magnitude());
  }

  private static boolean isImprecise(Optional<MeanFactors> factors) {
    return factors.isEmpty() || factors.get().error() > LARGEST_MEAN_ERROR;
  }

  /** Relative error of a mean that its integer factors may cost. */
  private static final double LARGEST_MEAN_ERROR = Math.scalb(1.0, -10);

  /** Integers of this magnitude are not narrowed further for the sake of a mean's factors. */
  private static final long FEWEST_SUMMED = 1 << 7;

  private SoftmaxLowering softmax(TensorOp op, Value input, int axis) {
    Location location = op.location();
    if (!analysis.feedsOutputsOnly(op.definitions().getFirst())) {
      throw new UserException(
          location,
          "softmax is supported as a last layer only; return its result from forward without"
              + " further computation");
    }
    double step =
        SoftmaxLowering.step(classes.quantum(input).scale() * classes.quantum(input).high());
    long reach = SoftmaxLowering.REACH;
    Quantum q = new Quantum(step, -reach, reach);
    Value x =
        analysis.isDeferred(input)
            ? requantized(input, terms(input), q, -reach, reach, location)
            : Rescaling.apply(out, exactly(input), q, -reach, reach);
    return new SoftmaxLowering(out, x, axis, op.definitions().getFirst().name());
  }

  // ---- accumulators ----

  /** The terms of the accumulator of {@code value}, itself accumulating. */
  private AccumulatorScale terms(Value value) {
    AccumulatorScale scale = new AccumulatorScale();
    collect(value, 1, scale, true);
    return scale;
  }

  private void collect(Value value, double gain, AccumulatorScale scale, boolean isRoot) {
    if (analysis.isConstant(value)) {
      scale.addConstants(parameters.magnitude(value), gain);
      return;
    }
    if (!isRoot && !analysis.isDeferred(value)) {
      Value integers = narrow(value, SUMMAND);
      scale.addIntegers(
          integers.integerType().scale(), IntegerBuilder.interval(integers).magnitude(), gain);
      return;
    }
    TensorOp op = analysis.definition(value);
    Optional<WeightLowering.LinearMap> map = weights.linearMap(op);
    if (map.isPresent()) {
      Value x = mapInput(map.get());
      scale.addMap(
          x.integerType().scale(),
          IntegerBuilder.interval(x).magnitude(),
          map.get().statistics(),
          map.get().biasMagnitude(),
          gain,
          map.get().bits());
    } else if (op instanceof Add || op instanceof Subtract) {
      op.operands().forEach(v -> collect(v, gain, scale, false));
    } else if (op instanceof UnaryView v) {
      collect(v.input(), gain, scale, false);
    } else {
      TensorAnalysis.Scaled scaled = analysis.scaled(op).orElseThrow();
      collect(scaled.input(), gain * Math.abs(uniform(scaled)), scale, false);
    }
  }

  /** The integers of {@code value} at scale {@code a}. */
  private Value accumulate(Value value, double a) {
    return accumulate(value, a, true);
  }

  private Value accumulate(Value value, double a, boolean isRoot) {
    if (analysis.isConstant(value)) {
      return parameters.constant(value, a);
    }
    if (!isRoot && !analysis.isDeferred(value)) {
      Value integers = narrow(value, SUMMAND);
      double ratio = integers.integerType().scale() / a;
      return Math.abs(ratio - 1) < 1e-9
          ? integers
          : out.scale(integers, (long) Math.rint(ratio), a);
    }
    TensorOp op = analysis.definition(value);
    out.at(value.name(), OpSpec.of(op).mnemonic(), op.location());
    Optional<WeightLowering.LinearMap> map = weights.linearMap(op);
    if (map.isPresent()) {
      return weights.emit(map.get(), mapInput(map.get()), a);
    }
    return switch (op) {
      case Add s -> out.add(accumulate(s.left(), a, false), accumulate(s.right(), a, false));
      case UnaryView v -> out.viewOfReals(v, List.of(accumulate(v.input(), a, false)));
      case Subtract s ->
          out.subtract(accumulate(s.left(), a, false), accumulate(s.right(), a, false));
      default -> {
        TensorAnalysis.Scaled scaled = analysis.scaled(op).orElseThrow();
        double factor = uniform(scaled);
        yield factor == 0
            ? out.scale(accumulate(scaled.input(), a, false), 0, a)
            : out.scale(
                accumulate(scaled.input(), a / Math.abs(factor), false), factor < 0 ? -1 : 1, a);
      }
    };
  }

  private static double uniform(TensorAnalysis.Scaled scaled) {
    return ((ConstantFactor.Uniform) scaled.factor()).factor();
  }

  /**
   * The input of a linear map: wide sums are taken as they are where the accumulator can hold them.
   */
  private Value mapInput(WeightLowering.LinearMap map) {
    double room =
        0.9 * FieldBounds.LIMIT / map.statistics().largestSum() / (1L << (map.bits() - 1));
    return narrow(map.input(), (long) Math.clamp(room, NARROW, CONSUMABLE));
  }

  private Value requantized(
      Value value, AccumulatorScale scale, Quantum q, long low, long high, Location location) {
    int shift = scale.shift(q.scale());
    if (shift < 0) {
      throw new UserException(
          location,
          "the sums of this %s do not fit the 31-bit field at %d bits; compile with fewer --bits"
              .formatted(
                  OpSpec.of(analysis.definition(value)).mnemonic(), options.bitsOf(value.name())));
    }
    context.count("quantize.requantisations", 1);
    return out.requantize(accumulate(value, Math.scalb(q.scale(), -shift)), shift, low, high);
  }

  // ---- other scales ----

  /** The value's integers, requantised to its class when their magnitude exceeds {@code limit}. */
  private Value narrow(Value value, long limit) {
    if (analysis.isConstant(value)) {
      return parameters.constant(value);
    }
    Value integers = exactly(value);
    return IntegerBuilder.interval(integers).magnitude() <= limit ? integers : atClassScale(value);
  }

  private Value atClassScale(Value value) {
    Value integers = exactly(value);
    Quantum q = classes.aligned(value, integers.integerType().scale());
    if (integers.integerType().scale() == q.scale()) {
      return integers;
    }
    return narrowed.computeIfAbsent(
        value, v -> Rescaling.apply(out, integers, q, q.low(), q.high()));
  }
}
