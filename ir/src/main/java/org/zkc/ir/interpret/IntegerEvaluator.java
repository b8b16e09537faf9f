package org.zkc.ir.interpret;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerOp;
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
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.kernel.ConvolutionGeometry;
import org.zkc.ir.kernel.IntConvolution;
import org.zkc.ir.kernel.IntLinear;
import org.zkc.ir.kernel.IntMatMul;
import org.zkc.ir.kernel.IntNorms;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewKernel;

/**
 * A fast evaluator with the results of {@link IntegerInterpreter}: 32-bit integers and blocked
 * products. Weights are decoded in place, layer by layer, and a value is released after its last
 * use. The evaluator relies on the interval analysis, because sums that left 32 bits would wrap;
 * every element is checked against the interval of its type.
 */
public final class IntegerEvaluator {
  /** Multiplications of a product whose pieces are tasks. */
  private static final long LARGE_PRODUCT = 1 << 22;

  private final Function main;
  private final TaskRunner tasks;
  private final List<List<Value>> lastUses = new ArrayList<>();

  /** Samples that go through the program together. */
  private final int group;

  /** Values of parameters, which are decoded where they are read. */
  private final Map<Value, Parameter> parameters = new IdentityHashMap<>();

  /**
   * @throws IllegalArgumentException when the program is of another level, or the interval of a
   *     value leaves (-2^30, 2^30)
   */
  public IntegerEvaluator(Program program) {
    this(program, TaskRunner.CALLER);
  }

  /**
   * @param tasks where pieces of convolutions and linear maps run; results do not depend on it
   * @throws IllegalArgumentException as above
   */
  public IntegerEvaluator(Program program, TaskRunner tasks) {
    this.tasks = tasks;
    if (program.level() != Level.INTEGER) {
      throw new IllegalArgumentException(
          "a " + program.level().text() + "-level program is no integer-level program");
    }
    main = program.main();
    Map<Value, Integer> last = new IdentityHashMap<>();
    main.parameters().forEach(IntegerEvaluator::requireNarrow);
    for (int i = 0; i < main.body().size(); i++) {
      Op op = main.body().get(i);
      int at = i;
      op.operands().forEach(v -> last.put(v, at));
      op.definitions().forEach(v -> last.put(v, at));
      requireNarrow(op.definitions().getFirst());
      lastUses.add(new ArrayList<>());
      if (op instanceof Parameter p) {
        parameters.put(p.result(), p);
      }
    }
    main.results().forEach(last::remove);
    last.forEach((value, at) -> lastUses.get(at).add(value));
    long shared =
        main.body().stream()
            .filter(op -> op instanceof Linear l && isShared(l))
            .mapToLong(op -> ((Linear) op).weight().shape().elementCount())
            .sum();
    group = SampleGroups.size(main, lastUses, parameters::containsKey, shared);
  }

  private static void requireNarrow(Value value) {
    IntegerType type = value.integerType();
    if (!Interval.of(type).isInsideLimit()) {
      throw new IllegalArgumentException(
          "the interval [%d, %d] of %s leaves (-2^30, 2^30)"
              .formatted(type.low(), type.high(), value));
    }
  }

  /**
   * Evaluates main.
   *
   * @param inputs row-major elements, one array per parameter
   * @param observer sees each input and each value that an op computes (not the program's
   *     parameters), in order; it must neither change nor keep the array
   * @return main's results
   * @throws ArithmeticException when an element is outside the interval of its type
   */
  public List<int[]> run(List<int[]> inputs, BiConsumer<Value, int[]> observer) {
    return runTogether(
            List.of(inputs), (sample, value, elements) -> observer.accept(value, elements))
        .getFirst();
  }

  /**
   * Evaluates main on several samples, with the results of {@link #run(List, BiConsumer)} on each.
   * Samples go through the program in groups, op by op, so that a group decodes the weights of a
   * linear map once.
   *
   * @param samples each with one array per parameter
   * @param observer receives each value as that method's observer does, sample after sample
   * @return main's results, per sample
   */
  public List<List<int[]>> runAll(List<List<int[]>> samples, SampleObserver<int[]> observer) {
    List<List<int[]>> results = new ArrayList<>();
    for (int from = 0; from < samples.size(); from += group) {
      int first = from;
      results.addAll(
          runTogether(
              samples.subList(from, Math.min(from + group, samples.size())),
              (sample, value, elements) -> observer.see(first + sample, value, elements)));
    }
    return results;
  }

  private List<List<int[]>> runTogether(List<List<int[]>> samples, SampleObserver<int[]> observer) {
    List<Map<Value, int[]>> values = new ArrayList<>();
    for (int s = 0; s < samples.size(); s++) {
      List<int[]> inputs = samples.get(s);
      if (inputs.size() != main.parameters().size()) {
        throw new IllegalArgumentException(
            inputs.size() + " inputs given for " + main.parameters().size() + " parameters");
      }
      values.add(new IdentityHashMap<>());
      for (int i = 0; i < inputs.size(); i++) {
        define(main.parameters().get(i), inputs.get(i), s, values.get(s), observer);
      }
    }
    for (int i = 0; i < main.body().size(); i++) {
      IntegerOp op = (IntegerOp) main.body().get(i);
      List<int[]> together =
          op instanceof Linear l && samples.size() > 1 && isShared(l)
              ? linear(l, values)
              : List.of();
      for (int s = 0; s < samples.size(); s++) {
        Map<Value, int[]> own = values.get(s);
        if (!(op instanceof Parameter)) {
          int[] elements = together.isEmpty() ? evaluate(op, own) : together.get(s);
          define(op.result(), elements, s, own, observer);
        }
        lastUses.get(i).forEach(own::remove);
      }
    }
    return values.stream()
        .map(own -> main.results().stream().map(v -> get(v, own)).toList())
        .toList();
  }

  /** Whether weights and bias are the same for all samples. */
  private boolean isShared(Linear op) {
    return parameters.containsKey(op.weight())
        && op.bias().map(parameters::containsKey).orElse(true);
  }

  /** Evaluates main without watching. */
  public List<int[]> run(List<int[]> inputs) {
    return run(inputs, (value, elements) -> {});
  }

  private static void define(
      Value value, int[] x, int sample, Map<Value, int[]> values, SampleObserver<int[]> observer) {
    IntegerType type = value.integerType();
    if (x.length != type.shape().elementCount()) {
      throw new IllegalArgumentException(
          value + " has shape " + type.shape() + ", got " + x.length + " elements");
    }
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (int e : x) {
      low = Math.min(low, e);
      high = Math.max(high, e);
    }
    if (x.length > 0 && (low < type.low() || high > type.high())) {
      throw new ArithmeticException(
          "elements of %s reach [%d, %d], outside [%d, %d]"
              .formatted(value, low, high, type.low(), type.high()));
    }
    values.put(value, x);
    observer.see(sample, value, x);
  }

  private int[] get(Value value, Map<Value, int[]> values) {
    Parameter parameter = parameters.get(value);
    return parameter != null
        ? decode(parameter)
        : Objects.requireNonNull(values.get(value), "no op before the use defined the value");
  }

  private int @Nullable [] optional(Optional<Value> value, Map<Value, int[]> values) {
    return value.isPresent() ? get(value.get(), values) : null;
  }

  private int[] evaluate(IntegerOp op, Map<Value, int[]> values) {
    return switch (op) {
      case Parameter p -> decode(p);
      case Conv c -> conv(c, values);
      case Linear l -> linear(l, values);
      case MatMul m ->
          IntMatMul.run(
              get(m.left(), values),
              m.left().shape(),
              get(m.right(), values),
              m.right().shape(),
              isLarge(m) ? tasks : TaskRunner.CALLER);
      case Requantize r -> requantize(r, get(r.input(), values));
      case Table t -> look(get(t.input(), values), 0, t.first(), t.entries());
      case RequantizeTable t -> look(get(t.input(), values), t.shift(), t.first(), t.entries());
      case Add a -> add(get(a.left(), values), get(a.right(), values), 1);
      case Subtract s -> add(get(s.left(), values), get(s.right(), values), -1);
      case Multiply m -> zip(get(m.left(), values), get(m.right(), values), (x, y) -> x * y);
      case Scale s -> scale(get(s.input(), values), (int) s.factor());
      case WindowSum w -> IntReductions.windowSum(w, get(w.input(), values));
      case WindowMax w -> IntReductions.windowMax(w, get(w.input(), values), tasks);
      case Exponentials e -> IntReductions.exponentials(e, get(e.input(), values));
      case RoundedQuotient q ->
          zip(
              get(q.numerator(), values),
              get(q.denominator(), values),
              (n, d) ->
                  Math.toIntExact(
                      IntegerKernels.roundedQuotient(n, d, q.bits(), q.low(), q.high())));
      case Gather g -> {
        int[] indices = get(g.indices(), values);
        int[] out = new int[Math.toIntExact(g.result().shape().elementCount())];
        yield g.rows(get(g.table(), values), k -> indices[k], out);
      }
      case EuclideanNorm n ->
          IntNorms.euclidean(get(n.input(), values), lineOf(n.input()), n.constant());
      case Normalize n -> {
        int[] x = IntNorms.shifted(get(n.input(), values), n.exponents());
        int[] norms = IntNorms.euclidean(x, lineOf(n.input()), n.constant());
        yield IntNorms.scaled(x, IntNorms.reciprocals(norms, Normalize.BITS));
      }
      case View v ->
          ViewKernel.INTS.apply(v, v.operands().stream().map(x -> get(x, values)).toList());
    };
  }

  /** Whether a product takes so long that threads are worth waking. */
  private static boolean isLarge(MatMul op) {
    int depth = lineOf(op.left());
    return depth > 0 && op.result().shape().elementCount() > LARGE_PRODUCT / depth;
  }

  private static int lineOf(Value input) {
    Shape shape = input.shape();
    return shape.extent(shape.rank() - 1);
  }

  private int[] conv(Conv op, Map<Value, int[]> values) {
    ConvolutionGeometry geometry =
        ConvolutionGeometry.of(
            op.input().shape(),
            op.weight().shape(),
            op.result().shape(),
            op.strides(),
            op.paddingLow(),
            op.dilations(),
            op.groups());
    int[] out =
        IntConvolution.run(
            geometry, get(op.input(), values), rows(op.weight(), geometry.depth(), values), tasks);
    int[] bias = optional(op.bias(), values);
    if (bias != null) {
      int positions = geometry.positions();
      for (int row = 0; row < geometry.batch() * geometry.outputs(); row++) {
        int b = bias[row % geometry.outputs()];
        for (int i = row * positions; i < (row + 1) * positions; i++) {
          out[i] += b;
        }
      }
    }
    return out;
  }

  private int[] linear(Linear op, Map<Value, int[]> values) {
    return linear(op, get(op.input(), values), values);
  }

  /** The results of all samples, whose inputs pass as the rows of one matrix. */
  private List<int[]> linear(Linear op, List<Map<Value, int[]>> values) {
    int size = get(op.input(), values.getFirst()).length;
    int[] inputs = new int[values.size() * size];
    for (int s = 0; s < values.size(); s++) {
      System.arraycopy(get(op.input(), values.get(s)), 0, inputs, s * size, size);
    }
    int[] out = linear(op, inputs, values.getFirst());
    int part = out.length / values.size();
    return IntStream.range(0, values.size())
        .mapToObj(s -> Arrays.copyOfRange(out, s * part, (s + 1) * part))
        .toList();
  }

  private int[] linear(Linear op, int[] input, Map<Value, int[]> values) {
    Shape shape = op.weight().shape();
    int outputs = shape.extent(0);
    int depth = shape.extent(1);
    int rows = depth == 0 ? 0 : input.length / depth;
    int[] out = IntLinear.run(input, rows, depth, outputs, rows(op.weight(), depth, values), tasks);
    int[] bias = optional(op.bias(), values);
    if (bias != null) {
      for (int i = 0; i < out.length; i++) {
        out[i] += bias[i % outputs];
      }
    }
    return out;
  }

  private IntLinear.Weights rows(Value weight, int depth, Map<Value, int[]> values) {
    Parameter parameter = parameters.get(weight);
    if (parameter != null) {
      return (row, out) -> parameter.weights().copyElements((long) row * depth, out, 0, depth);
    }
    int[] elements = get(weight, values);
    return (row, out) -> System.arraycopy(elements, row * depth, out, 0, depth);
  }

  private static int[] decode(Parameter p) {
    int[] out = new int[Math.toIntExact(p.weights().elementCount())];
    p.weights().copyElements(0, out, 0, out.length);
    return out;
  }

  private static int[] requantize(Requantize op, int[] x) {
    int shift = op.shift();
    int half = half(shift);
    int low = (int) Math.max(op.low(), Integer.MIN_VALUE);
    int high = (int) Math.min(op.high(), Integer.MAX_VALUE);
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.min(Math.max((x[i] + half) >> shift, low), high);
    }
    return out;
  }

  private static int half(int shift) {
    return shift == 0 ? 0 : 1 << (shift - 1);
  }

  /** entries[clamp((x + half) >> shift, first, first + n - 1) - first]. */
  private static int[] look(int[] x, int shift, long first, TensorData entries) {
    int[] table = new int[Math.toIntExact(entries.elementCount())];
    entries.copyInts(0, table, 0, table.length);
    int half = half(shift);
    int low = Math.toIntExact(first);
    int high = Math.toIntExact(first + table.length - 1);
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = table[Math.min(Math.max((x[i] + half) >> shift, low), high) - low];
    }
    return out;
  }

  private static int[] add(int[] left, int[] right, int sign) {
    int[] out = new int[left.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = left[i] + sign * right[i];
    }
    return out;
  }

  private static int[] scale(int[] x, int factor) {
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] * factor;
    }
    return out;
  }

  private static int[] zip(int[] left, int[] right, IntBinaryOperator function) {
    int[] out = new int[left.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = function.applyAsInt(left[i], right[i]);
    }
    return out;
  }
}
