package org.zkc.ir.interpret;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.kernel.ConvolutionGeometry;
import org.zkc.ir.kernel.FloatConvolution;
import org.zkc.ir.kernel.FloatLinear;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.IntegerBinary;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewKernel;

/**
 * Evaluates a tensor-level program in single precision, equal bit for bit on every machine: sums in
 * a fixed order, transcendental functions from StrictMath in double precision. Values of every
 * element type are held as floats; f64 is rounded to f32, and integers that floats might round are
 * refused. An instance keeps the constants unpacked, so evaluating many samples costs their
 * conversion once; several threads may use it at once, and each run has its own values. A value is
 * released after its last use.
 */
public final class TensorInterpreter {
  /** Floats hold every integer below this. */
  private static final float EXACT = 1 << 24;

  private final Function main;
  private final Map<Value, float[]> constants = new IdentityHashMap<>();

  /** Constants that are only read as matrices of linear maps: read row by row where they lie. */
  private final Map<Value, TensorData> matrices = new IdentityHashMap<>();

  /** Constants that are only read as weights. */
  private final Set<Value> weights = identitySet();

  private final TaskRunner tasks;
  private final List<List<Value>> lastUses = new ArrayList<>();

  /** Samples that go through the program together. */
  private final int group;

  /** Evaluates on the calling thread alone. */
  public TensorInterpreter(Program program) {
    this(program, TaskRunner.CALLER);
  }

  /**
   * @param tasks where pieces of convolutions and linear maps run; results do not depend on it
   * @throws IllegalArgumentException when the program is of another level
   */
  public TensorInterpreter(Program program, TaskRunner tasks) {
    this.tasks = tasks;
    if (program.level() != Level.TENSOR) {
      throw new IllegalArgumentException(
          "a " + program.level().text() + "-level program is no tensor-level program");
    }
    this.main = program.main();
    Map<Value, Integer> last = new IdentityHashMap<>();
    List<Op> body = main.body();
    Set<Value> readAsArrays = readBesides(main, false);
    Set<Value> readAsData = readBesides(main, true);
    for (int i = 0; i < body.size(); i++) {
      int at = i;
      body.get(i).operands().forEach(v -> last.put(v, at));
      body.get(i).definitions().forEach(v -> last.put(v, at));
      lastUses.add(new ArrayList<>());
      if (body.get(i) instanceof Constant c) {
        if (!readAsData.contains(c.result())) {
          weights.add(c.result());
        }
        if (c.data().dtype() == DType.F32 && !readAsArrays.contains(c.result())) {
          matrices.put(c.result(), c.data());
        } else {
          constants.put(c.result(), exact(c.result(), c.location(), c.data().toFloats()));
        }
      }
    }
    main.results().forEach(last::remove);
    last.forEach((value, at) -> lastUses.get(at).add(value));
    long shared =
        body.stream()
            .filter(op -> op instanceof Linear l && isShared(l))
            .mapToLong(op -> ((Linear) op).weight().shape().elementCount())
            .sum();
    group = SampleGroups.size(main, lastUses, this::isConstant, shared);
  }

  /**
   * Every value that is read otherwise than as the matrix of a linear map, or {@code orKernel} the
   * kernel of a convolution.
   */
  private static Set<Value> readBesides(Function main, boolean orKernel) {
    Set<Value> out = identitySet();
    out.addAll(main.results());
    for (Op op : main.body()) {
      if (op instanceof Linear l) {
        out.add(l.input());
        l.bias().ifPresent(out::add);
      } else if (orKernel && op instanceof Conv c) {
        out.add(c.input());
        c.bias().ifPresent(out::add);
      } else {
        out.addAll(op.operands());
      }
    }
    return out;
  }

  private static Set<Value> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /**
   * Evaluates {@code program}'s main once, watched by {@code observer}; see {@link #run(List,
   * BiConsumer)}.
   */
  public static List<TensorData> run(
      Program program, List<TensorData> inputs, BiConsumer<Value, float[]> observer) {
    return new TensorInterpreter(program).run(inputs, observer);
  }

  /** Evaluates {@code program}'s main once. */
  public static List<TensorData> run(Program program, List<TensorData> inputs) {
    return run(program, inputs, (value, elements) -> {});
  }

  /**
   * Evaluates one op on known operands, in the order of {@link Op#operands()}: constant folding.
   *
   * @return the result; f64 as f32
   * @throws UserException when an integer leaves (-2^24, 2^24)
   */
  public static TensorData evaluate(TensorOp op, List<TensorData> operands) {
    Map<Value, float[]> values = new IdentityHashMap<>();
    List<Value> names = op.operands();
    for (int i = 0; i < names.size(); i++) {
      values.put(names.get(i), operands.get(i).toFloats());
    }
    Value result = op.result();
    float[] elements = evaluate(op, values, Map.of(), TaskRunner.CALLER);
    return data(result, exact(result, op.location(), elements));
  }

  /**
   * Evaluates main on one set of inputs.
   *
   * @param inputs one per parameter, of the parameter's shape
   * @param observer sees each parameter and each value that an op defines, in order, row-major, but
   *     for constants that are only weights; it must neither change nor keep the array
   * @return main's results; f64 as f32
   * @throws IllegalArgumentException when the inputs are not those of the parameters
   * @throws UserException when an integer leaves (-2^24, 2^24)
   */
  public List<TensorData> run(List<TensorData> inputs, BiConsumer<Value, float[]> observer) {
    return runTogether(
            List.of(inputs), (sample, value, elements) -> observer.accept(value, elements))
        .getFirst();
  }

  /**
   * Evaluates main on several samples, with the results of {@link #run(List, BiConsumer)} on each.
   * Samples go through the program in groups, op by op, so that a group reads the matrix of a
   * linear map once: large matrices cost more to read than to multiply by one row.
   *
   * @param samples each with one tensor per parameter
   * @param observer receives each value as that method's observer does, sample after sample
   * @return main's results, per sample
   */
  public List<List<TensorData>> runAll(
      List<List<TensorData>> samples, SampleObserver<float[]> observer) {
    List<List<TensorData>> results = new ArrayList<>();

    for (int from = 0; from < samples.size(); from += group) {
      int first = from;
      results.addAll(
          runTogether(
              samples.subList(from, Math.min(from + group, samples.size())),
              (sample, value, elements) -> observer.see(first + sample, value, elements)));
    }
    return results;
  }

  private List<List<TensorData>> runTogether(
      List<List<TensorData>> samples, SampleObserver<float[]> observer) {
    List<Map<Value, float[]>> values = new ArrayList<>();
    for (int s = 0; s < samples.size(); s++) {
      values.add(new IdentityHashMap<>());
      define(samples.get(s), s, values.get(s), observer);
    }
    for (int i = 0; i < main.body().size(); i++) {
      TensorOp op = (TensorOp) main.body().get(i);
      Value result = op.result();
      List<float[]> together =
          op instanceof Linear l && samples.size() > 1 && isShared(l)
              ? linear(l, values)
              : List.of();
      for (int s = 0; s < samples.size(); s++) {
        Map<Value, float[]> own = values.get(s);
        if (op instanceof Constant) {
          float[] elements = constants.get(result);
          if (elements != null) {
            own.put(result, elements);
            if (!weights.contains(result)) {
              observer.see(s, result, elements);
            }
          }
        } else {
          float[] elements =
              exact(
                  result,
                  op.location(),
                  together.isEmpty() ? evaluate(op, own, matrices, tasks) : together.get(s));
          own.put(result, elements);
          observer.see(s, result, elements);
        }
        lastUses.get(i).forEach(own::remove);
      }
    }
    return values.stream()
        .map(own -> main.results().stream().map(v -> data(v, get(v, own))).toList())
        .toList();
  }

  private void define(
      List<TensorData> inputs,
      int sample,
      Map<Value, float[]> values,
      SampleObserver<float[]> observer) {
    List<Value> parameters = main.parameters();
    if (inputs.size() != parameters.size()) {
      throw new IllegalArgumentException(
          "the program has %d inputs, %d were given".formatted(parameters.size(), inputs.size()));
    }
    for (int i = 0; i < inputs.size(); i++) {
      Value parameter = parameters.get(i);
      if (!inputs.get(i).shape().equals(parameter.shape())) {
        throw new IllegalArgumentException(
            "input %d has shape %s, the program takes %s"
                .formatted(i, inputs.get(i).shape(), parameter.shape()));
      }
      float[] elements = exact(parameter, main.location(), inputs.get(i).toFloats());
      values.put(parameter, elements);
      observer.see(sample, parameter, elements);
    }
  }

  /** Whether weights and bias are the same for all samples. */
  private boolean isShared(Linear op) {
    return isConstant(op.weight()) && op.bias().map(this::isConstant).orElse(true);
  }

  private boolean isConstant(Value value) {
    return matrices.containsKey(value) || constants.containsKey(value);
  }

  /**
   * The elements as data of the value's type; f64 as f32.
   *
   * @throws UserException when an integer is too large for the floats that hold it
   */
  private static TensorData data(Value value, float[] elements) {
    DType dtype = value.tensorType().dtype();
    if (dtype.isFloating()) {
      return TensorData.ofFloats(value.shape(), elements);
    }
    long[] integers = new long[elements.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (long) elements[i];
    }
    return TensorData.ofLongs(dtype, value.shape(), integers);
  }

  /**
   * Refuses integers that floats may have rounded, those of 2^24 and more, and those that the type
   * does not hold: PyTorch would wrap around.
   */
  private static float[] exact(Value value, Location location, float[] elements) {
    DType dtype = value.tensorType().dtype();
    if (!dtype.isFloating()) {
      for (float element : elements) {
        if (!dtype.holds((long) element)) {
          throw new UserException(
              location,
              "%s holds the integer %.0f, which %s does not hold; use a wider type"
                  .formatted(value, element, dtype.text()));
        }
        if (!(Math.abs(element) < EXACT)) {
          throw new UserException(
              location,
              "%s holds the integer %.0f: integers must stay inside (-2^24, 2^24), where they are exact in single precision too; clamp them in the model, or divide them, before"
                  .formatted(value, element));
        }
      }
    }
    return elements;
  }

  private static float[] evaluate(
      TensorOp op, Map<Value, float[]> values, Map<Value, TensorData> matrices, TaskRunner tasks) {
    return switch (op) {
      case Constant c -> c.data().toFloats();
      case Conv c -> conv(c, values, tasks);
      case Linear l -> linear(l, values, matrices, tasks);
      case MatMul m ->
          matMul(
              m.right().shape(),
              m.result().shape(),
              get(m.left(), values),
              get(m.right(), values),
              tasks);
      case BatchNorm b -> batchNorm(b, values);
      case MaxPool m -> FloatReductions.maxPool(m, get(m.input(), values), tasks);
      case WindowMean w -> FloatReductions.windowMean(w, get(w.input(), values));
      case Add a -> zip(get(a.left(), values), get(a.right(), values), (x, y) -> x + y);
      case Subtract s -> zip(get(s.left(), values), get(s.right(), values), (x, y) -> x - y);
      case Multiply m -> zip(get(m.left(), values), get(m.right(), values), (x, y) -> x * y);
      case Divide d -> zip(get(d.left(), values), get(d.right(), values), (x, y) -> x / y);
      case Cast c -> cast(c, get(c.input(), values));
      case IntegerBinary b -> integers(b, get(b.left(), values), get(b.right(), values));
      case CompareZero c -> compare(c, get(c.input(), values));
      case TopK t -> FloatReductions.topK(t, get(t.input(), values));
      case Gather g -> gather(g, get(g.table(), values), get(g.indices(), values));
      case View v ->
          ViewKernel.FLOATS.apply(v, v.operands().stream().map(x -> get(x, values)).toList());
      case Softmax s ->
          FloatReductions.softmax(s, get(s.input(), values), optional(s.mask(), values));
      case Normalization n -> FloatReductions.normalize(n, get(n.input(), values));
      case Attention a -> {
        float[] weights =
            FloatReductions.softmax(
                weights(a), get(a.scores(), values), optional(a.mask(), values));
        yield matMul(
            a.values().shape(), a.result().shape(), weights, get(a.values(), values), tasks);
      }
      case IndexWrap i -> wrap(i, get(i.input(), values));
      case Elementwise e -> FloatMap.run(e, get(e.input(), values), tasks);
    };
  }

  private static float[] cast(Cast op, float[] input) {
    float[] out = input.clone();
    boolean isReal = op.input().tensorType().dtype().isFloating();
    for (int i = 0; (isReal || op.dtype() == DType.I1) && i < out.length; i++) {
      out[i] = isReal ? op.dtype().nearest((long) out[i]) : out[i] == 0 ? 0 : 1;
    }
    return out;
  }

  private static float[] compare(CompareZero op, float[] input) {
    float[] out = new float[input.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = op.comparison().holds(input[i]) ? 1 : 0;
    }
    return out;
  }

  private static float[] integers(IntegerBinary op, float[] left, float[] right) {
    try {
      return zip(left, right, (x, y) -> op.apply((long) x, (long) y));
    } catch (ArithmeticException e) {
      throw new UserException(op.location(), "the input makes the model divide integers by 0");
    }
  }

  private static float[] wrap(IndexWrap op, float[] input) {
    float[] out = FloatMap.run(op, input, TaskRunner.CALLER);
    for (int i = 0; i < out.length; i++) {
      if (out[i] < 0 || out[i] >= op.extent()) {
        throw new UserException(
            op.location(),
            "the input asks for index %.0f of an axis of %d elements"
                .formatted(input[i], op.extent()));
      }
    }
    return out;
  }

  private static float[] gather(Gather op, float[] table, float[] indices) {
    float[] out = new float[Math.toIntExact(op.result().shape().elementCount())];
    try {
      return op.rows(table, k -> (int) indices[k], out);
    } catch (IndexOutOfBoundsException e) {
      throw new UserException(
          op.location(), "the input asks for %s, counted from 0".formatted(e.getMessage()));
    }
  }

  private static float[] get(Value value, Map<Value, float[]> values) {
    return Objects.requireNonNull(values.get(value), "no op before the use defined the value");
  }

  private static float @Nullable [] optional(Optional<Value> value, Map<Value, float[]> values) {
    return value.isPresent() ? get(value.get(), values) : null;
  }

  private static float[] conv(Conv op, Map<Value, float[]> values, TaskRunner tasks) {
    ConvolutionGeometry geometry =
        ConvolutionGeometry.of(
            op.input().shape(),
            op.weight().shape(),
            op.result().shape(),
            op.strides(),
            op.paddingLow(),
            op.dilations(),
            op.groups());
    float[] out =
        FloatConvolution.run(geometry, get(op.input(), values), get(op.weight(), values), tasks);
    float[] bias = optional(op.bias(), values);
    if (bias != null) {
      int positions = geometry.positions();
      for (int row = 0; row < geometry.batch() * geometry.outputs(); row++) {
        float b = bias[row % geometry.outputs()];
        for (int i = row * positions; i < (row + 1) * positions; i++) {
          out[i] += b;
        }
      }
    }
    return out;
  }

  private static float[] linear(
      Linear op, Map<Value, float[]> values, Map<Value, TensorData> matrices, TaskRunner tasks) {
    return linear(op, 1, get(op.input(), values), values, matrices, tasks);
  }

  /** The results of all samples, whose inputs pass as the rows of one matrix. */
  private List<float[]> linear(Linear op, List<Map<Value, float[]>> values) {
    int size = get(op.input(), values.getFirst()).length;
    float[] inputs = new float[values.size() * size];
    for (int s = 0; s < values.size(); s++) {
      System.arraycopy(get(op.input(), values.get(s)), 0, inputs, s * size, size);
    }
    float[] out = linear(op, values.size(), inputs, values.getFirst(), matrices, tasks);
    int part = out.length / values.size();
    return IntStream.range(0, values.size())
        .mapToObj(s -> Arrays.copyOfRange(out, s * part, (s + 1) * part))
        .toList();
  }

  /**
   * @param input of all samples
   * @param values holds the weight, where {@code matrices} do not, and the bias
   */
  private static float[] linear(
      Linear op,
      int samples,
      float[] input,
      Map<Value, float[]> values,
      Map<Value, TensorData> matrices,
      TaskRunner tasks) {
    Shape shape = op.weight().shape();
    int outputs = shape.extent(0);
    int depth = shape.extent(1);
    int rows =
        Math.toIntExact(samples * (op.result().shape().elementCount() / Math.max(1, outputs)));
    float[] out =
        FloatLinear.run(input, rows, depth, outputs, weights(op.weight(), values, matrices), tasks);
    float[] bias = optional(op.bias(), values);
    if (bias != null) {
      for (int i = 0; i < out.length; i++) {
        out[i] += bias[i % outputs];
      }
    }
    return out;
  }

  /** One linear map for each index of the leading axes that both factors have. */
  private static float[] matMul(
      Shape shape, Shape result, float[] left, float[] right, TaskRunner tasks) {
    int depth = shape.extent(shape.rank() - 1);
    int outputs = shape.extent(shape.rank() - 2);
    float[] out = new float[Math.toIntExact(result.elementCount())];
    if (out.length == 0) {
      return out;
    }
    int batch = (int) (shape.elementCount() / Math.max(1, (long) depth * outputs));
    int rows = out.length / outputs / Math.max(1, batch);
    for (int n = 0; n < batch; n++) {
      int first = n * outputs * depth;
      float[] part =
          FloatLinear.run(
              Arrays.copyOfRange(left, n * rows * depth, (n + 1) * rows * depth),
              rows,
              depth,
              outputs,
              (row, from, count, panel) ->
                  System.arraycopy(right, first + row * depth + from, panel, 0, count),
              tasks);
      System.arraycopy(part, 0, out, n * part.length, part.length);
    }
    return out;
  }

  /** The softmax whose result is the weights of an attention. */
  private static Softmax weights(Attention op) {
    int last = op.scores().shape().rank() - 1;
    return new Softmax(op.scores(), op.scores(), op.mask(), last, op.location());
  }

  private static FloatLinear.Weights weights(
      Value weight, Map<Value, float[]> values, Map<Value, TensorData> matrices) {
    int depth = weight.shape().extent(1);
    TensorData stored = matrices.get(weight);
    if (stored != null) {
      return (row, first, count, out) -> stored.copyFloats((long) row * depth + first, out, count);
    }
    float[] elements = get(weight, values);
    return (row, first, count, out) ->
        System.arraycopy(elements, row * depth + first, out, 0, count);
  }

  private static float[] batchNorm(BatchNorm op, Map<Value, float[]> values) {
    float[] input = get(op.input(), values);
    float[] mean = get(op.mean(), values);
    float[] variance = get(op.variance(), values);
    float @Nullable [] weight = optional(op.weight(), values);
    float @Nullable [] bias = optional(op.bias(), values);
    Shape shape = op.input().shape();
    int channels = shape.extent(1);
    int inner = (int) shape.strides()[1];
    float[] out = new float[input.length];
    for (int start = 0; start < input.length; start += inner) {
      int c = start / inner % channels;
      double factor = (weight == null ? 1 : weight[c]) / Math.sqrt(variance[c] + op.epsilon());
      double shift = bias == null ? 0 : bias[c];
      for (int i = start; i < start + inner; i++) {
        out[i] = (float) ((input[i] - (double) mean[c]) * factor + shift);
      }
    }
    return out;
  }

  @FunctionalInterface
  private interface FloatOperator {
    float apply(float x, float y);
  }

  private static float[] zip(float[] left, float[] right, FloatOperator operator) {
    float[] out = new float[left.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = operator.apply(left[i], right[i]);
    }
    return out;
  }
}
