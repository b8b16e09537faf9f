package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.Lowering;

/**
 * Gives each column of an input, an index on one of its axes, its own unit. An input x becomes x'
 * with x = x' scale, column by column, and the first linear map or convolution absorbs scale, with
 * the standardisation that stands between: W (a (x' scale) + b) + c = (W a scale) x' + (W b + c),
 * in double precision. Columns are followed through views. Zeros beside a convolution's input are
 * zeros of a x + b, so its b is added to x' before them. A comparison with numbers is one of x'
 * with those numbers in the columns' units, also where computed indices choose the columns ({@link
 * ChosenColumns}). Other readers get the product.
 *
 * <pre>
 *   %y = tensor.subtract %x, m          %z = tensor.linear %x', W s k, c - W k m
 *   %n = tensor.multiply %y, k
 *   %z = tensor.linear %n, W, c
 * </pre>
 */
public final class ScaleColumns {
  /** The lowering under its name, for the first input; compilation takes units from samples. */
  public static final Lowering LOWERING =
      new Lowering(
          "scale-columns",
          "Reads an input in one unit per column, which the first linear map absorbs.",
          Level.TENSOR,
          Level.TENSOR,
          "UNIT...",
          arguments -> {
            double[] units = arguments.stream().mapToDouble(Double::parseDouble).toArray();
            return (program, context) -> {
              Value input = program.main().parameters().getFirst();
              int axis = input.shape().rank() - 1;
              return apply(program, Map.of(input, new Columns(axis, units)));
            };
          });

  /**
   * The units of an input's columns.
   *
   * @param axis whose indices are the columns
   * @param units one per column, positive
   */
  public record Columns(int axis, double[] units) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Columns that && axis == that.axis && Arrays.equals(units, that.units);
    }

    @Override
    public int hashCode() {
      return 31 * axis + Arrays.hashCode(units);
    }
  }

  /**
   * An affine function scale x' + shift of an input, per column.
   *
   * @param carrier x', with the value's shape
   * @param axis of the columns
   */
  private record Affine(Value carrier, int axis, double[] scale, double[] shift) {
    Affine then(double[] factor, double[] summand) {
      double[] newScale = new double[scale.length];
      double[] newShift = new double[scale.length];
      for (int i = 0; i < scale.length; i++) {
        newScale[i] = scale[i] * factor[i];
        newShift[i] = shift[i] * factor[i] + summand[i];
      }
      return new Affine(carrier, axis, newScale, newShift);
    }

    boolean isShifted() {
      return Arrays.stream(shift).anyMatch(x -> x != 0);
    }
  }

  /** Factors and summands of a function of columns, given the constant in the op. */
  @FunctionalInterface
  private interface Terms {
    double[][] of(double[] constant);
  }

  private final Uses uses;
  private final Map<Value, Affine> affine = new IdentityHashMap<>();

  /** Elements of columns that computed indices choose. */
  private final Map<Value, ChosenColumns> chosen = new IdentityHashMap<>();

  /** Differences by which alone such elements are compared, in the columns' units. */
  private final Map<Value, Subtract> differences = new IdentityHashMap<>();

  private final Map<Value, Value> materialised = new IdentityHashMap<>();

  /** The greatest ratio of factors of columns among the products that readers got. */
  private double spread = 1;

  private ScaleColumns(Uses uses) {
    this.uses = uses;
  }

  /** The program of x' for the parameters that are given units, and of x for the others. */
  public static Program apply(Program program, Map<Value, Columns> columns) {
    return of(program, columns).rewritten(program);
  }

  /**
   * The unlikeness of columns to the readers that do not absorb their units: the greatest ratio of
   * two columns' factors there, 1 where everything is absorbed.
   */
  public static double spread(Program program, Map<Value, Columns> columns) {
    ScaleColumns rewrite = of(program, columns);
    rewrite.rewritten(program);
    return rewrite.spread;
  }

  private static ScaleColumns of(Program program, Map<Value, Columns> columns) {
    ScaleColumns rewrite = new ScaleColumns(Uses.of(program.main()));
    columns.forEach((parameter, c) ->
        rewrite.affine.put(
            parameter, new Affine(parameter, c.axis, c.units.clone(), new double[c.units.length])));
    return rewrite;
  }

  private Program rewritten(Program program) {
    Function main = program.main();
    if (main.results().stream().anyMatch(affine::containsKey)) {
      throw new IllegalArgumentException("an input of scaled columns is an output");
    }
    return Program.of(Level.TENSOR, DeadOps.remove(Rewriter.rewrite(main, this::rewrite)));
  }

  private void rewrite(Op op, Rewriter out) {
    Value result = op.definitions().getFirst();
    Optional<Affine> next = uses.isYielded(result) ? Optional.empty() : next(op, out);
    if (next.isPresent()) {
      affine.put(result, next.get());
      return;
    }
    choose(op, out);
    Optional<CompareZero> compared =
        op instanceof CompareZero c ? compared(c, out) : Optional.empty();
    if (differences.containsKey(result)) {
      return;
    }
    if (compared.isPresent()) {
      out.append(compared.get());
      return;
    }
    Optional<AbsorbedColumns> absorbed =
        op.operands().isEmpty()
            ? Optional.empty()
            : Optional.ofNullable(affine.get(op.operands().getFirst()))
                .flatMap(from ->
                    AbsorbedColumns.of(op, from.axis, from.scale, from.shift, this::constant))
                .map(map -> isComparedOnly(result) ? map.inUnitsOfRows() : map);
    if (absorbed.isPresent()) {
      Affine from = Objects.requireNonNull(affine.get(op.operands().getFirst()));
      absorbed.get().emit(carrier(op, from, absorbed.get(), out), out);
      return;
    }
    for (Value operand : op.operands()) {
      Affine from = affine.get(operand);
      if (from != null && !materialised.containsKey(operand)) {
        materialised.put(operand, materialise(operand, from, op.location(), out));
      }
    }
    out.append(
        OpSpec.mapValues(op, r -> r, v -> materialised.getOrDefault(v, v), region -> region));
  }

  /** Follows elements that computed indices choose, up to differences whose sign is asked for. */
  private void choose(Op op, Rewriter out) {
    Value result = op.definitions().getFirst();
    if (uses.isYielded(result)) {
      return;
    }
    switch (op) {
      case MatMul m
          when affine.get(m.right()) instanceof Affine from
              && from.axis == m.right().shape().rank() - 1 ->
          ChosenColumns.of(m, from.carrier, from.scale, from.shift, uses, out)
              .ifPresent(c -> chosen.put(result, c));
      case UnaryView v when chosen.containsKey(v.input()) ->
          Objects.requireNonNull(chosen.get(v.input()))
              .viewed(v, out)
              .ifPresent(c -> chosen.put(result, c));
      case Subtract s when isComparedOnly(result) -> {
        ChosenColumns left = chosen.get(s.left());
        ChosenColumns right = chosen.get(s.right());
        Optional<Subtract> difference =
            left != null
                ? left.compared(s, true, s.right(), uses, out)
                : right != null ? right.compared(s, false, s.left(), uses, out) : Optional.empty();
        difference.ifPresent(d -> differences.put(result, d));
      }
      case null, default -> {}
    }
  }

  /** Whether nothing but signs of the value is read. */
  private boolean isComparedOnly(Value value) {
    List<Op> users = uses.users(value);
    return !users.isEmpty()
        && !uses.isYielded(value)
        && users.stream()
            .allMatch(user ->
                user instanceof CompareZero
                    || (user instanceof UnaryView v && isComparedOnly(v.result())));
  }

  /** The comparison as one of x' with numbers in the columns' units, which are positive. */
  private Optional<CompareZero> compared(CompareZero op, Rewriter out) {
    Subtract difference = differences.get(op.input());
    if (difference != null) {
      return Optional.of(
          new CompareZero(op.result(), out.value(difference), op.comparison(), op.location()));
    }
    Affine from = affine.get(op.input());
    if (from == null || !Arrays.stream(from.scale).allMatch(s -> s > 0)) {
      return Optional.empty();
    }
    double[] summands = new double[from.scale.length];
    for (int i = 0; i < summands.length; i++) {
      summands[i] = from.shift[i] / from.scale[i];
    }
    if (!isFinite(summands)) {
      return Optional.empty();
    }
    Value sum =
        from.isShifted()
            ? out.value(
                new Add(
                    out.fresh(op.input().name(), op.input().type()),
                    from.carrier,
                    row(op.input(), from.axis, summands, op.location(), out),
                    op.location()))
            : from.carrier;
    return Optional.of(new CompareZero(op.result(), sum, op.comparison(), op.location()));
  }

  /** x', with what must be added to it before the map. */
  private static Value carrier(Op op, Affine from, AbsorbedColumns absorbed, Rewriter out) {
    if (absorbed.summands().length == 0) {
      return from.carrier;
    }
    Value value = op.operands().getFirst();
    return out.value(
        new Add(
            out.fresh(value.name(), value.type()),
            from.carrier,
            row(value, from.axis, absorbed.summands(), op.location(), out),
            op.location()));
  }

  /** The op as an affine function of an input's columns, when it is one. */
  private Optional<Affine> next(Op op, Rewriter out) {
    return switch (op) {
      case Multiply m -> either(m.left(), m.right(), c -> new double[][] {c, filled(c, 0)});
      case Add a -> either(a.left(), a.right(), c -> new double[][] {filled(c, 1), c});
      case Subtract s when affine.containsKey(s.left()) ->
          of(s.left(), s.right(), c -> new double[][] {filled(c, 1), mapped(c, x -> -x)});
      case Subtract s -> of(s.right(), s.left(), c -> new double[][] {filled(c, -1), c});
      case Divide d ->
          of(d.left(), d.right(), c -> new double[][] {mapped(c, x -> 1 / x), filled(c, 0)});
      case BatchNorm b when affine.containsKey(b.input()) -> normalized(b);
      case UnaryView v when affine.containsKey(v.input()) -> viewed(v, out);
      case WindowMean w when affine.containsKey(w.input()) -> picked(w, out);
      default -> Optional.empty();
    };
  }

  private Optional<Affine> either(Value left, Value right, Terms terms) {
    return affine.containsKey(left) ? of(left, right, terms) : of(right, left, terms);
  }

  private Optional<Affine> of(Value value, Value constant, Terms terms) {
    Affine from = affine.get(value);
    if (from == null) {
      return Optional.empty();
    }
    return broadcastConstant(constant)
        .filter(c -> c.data().shape().rank() <= value.shape().rank())
        .flatMap(c -> perColumn(c.data(), value.shape(), from.axis))
        .map(terms::of)
        .filter(t -> isFinite(t[0]) && isFinite(t[1]))
        .map(t -> from.then(t[0], t[1]));
  }

  /** The constant's number in each column, where rows of its own do not differ. */
  private static Optional<double[]> perColumn(TensorData constant, Shape shape, int axis) {
    if (!constant.shape().equals(shape)) {
      return ChannelAffine.perChannel(constant, shape, axis);
    }
    double[] all = constant.toDoubles();
    int run = (int) shape.strides()[axis];
    double[] out = new double[shape.extent(axis)];
    for (int i = 0; i < out.length; i++) {
      out[i] = all[i * run];
    }
    for (int k = 0; k < all.length; k++) {
      if (all[k] != out[k / run % out.length]) {
        return Optional.empty();
      }
    }
    return Optional.of(out);
  }

  private Optional<Affine> normalized(BatchNorm op) {
    Optional<double[]> mean = elements(op.mean());
    Optional<double[]> variance = elements(op.variance());
    Optional<double[]> weight =
        op.weight().isPresent() ? elements(op.weight().get()) : mean.map(m -> filled(m, 1));
    Optional<double[]> bias =
        op.bias().isPresent() ? elements(op.bias().get()) : mean.map(m -> filled(m, 0));
    if (mean.isEmpty() || variance.isEmpty() || weight.isEmpty() || bias.isEmpty()) {
      return Optional.empty();
    }
    double[] factor = new double[mean.get().length];
    double[] summand = new double[factor.length];
    for (int i = 0; i < factor.length; i++) {
      factor[i] = weight.get()[i] / Math.sqrt(variance.get()[i] + op.epsilon());
      summand[i] = bias.get()[i] - mean.get()[i] * factor[i];
    }
    Affine from = affine.get(op.input());
    return from == null || from.axis != 1
        ? Optional.empty()
        : Optional.of(from.then(factor, summand));
  }

  /** The function of a view of x', where its axis of columns is one of the view's. */
  private Optional<Affine> viewed(UnaryView op, Rewriter out) {
    Affine from = Objects.requireNonNull(affine.get(op.input()));
    Shape shape = op.result().shape();
    int axis =
        switch (op) {
          case Transpose t -> t.permutation().indexOf(from.axis);
          case Reshape r -> reshaped(r.input().shape(), shape, from.axis);
          case Slice s -> from.axis;
          case Pad p -> -1;
          case Broadcast b -> from.axis + shape.rank() - b.input().shape().rank();
        };
    if (axis < 0 || (op instanceof Broadcast && shape.extent(axis) != from.scale.length)) {
      return Optional.empty();
    }
    double[] scale = from.scale;
    double[] shift = from.shift;
    if (op instanceof Slice s) {
      int start = s.starts().get(axis);
      int stride = s.strides().get(axis);
      scale = sliced(from.scale, start, stride, shape.extent(axis));
      shift = sliced(from.shift, start, stride, shape.extent(axis));
    }
    Op view =
        OpSpec.mapValues(
            op, r -> out.fresh(r.name(), r.type()), v -> from.carrier, region -> region);
    return Optional.of(new Affine(out.value(view), axis, scale, shift));
  }

  /** The function of single elements of an axis, in any order. */
  private Optional<Affine> picked(WindowMean op, Rewriter out) {
    if (!op.lengths().stream().allMatch(n -> n == 1)
        || !op.divisors().stream().allMatch(d -> d == 1)) {
      return Optional.empty();
    }
    Affine from = Objects.requireNonNull(affine.get(op.input()));
    Op picks =
        OpSpec.mapValues(
            op, r -> out.fresh(r.name(), r.type()), v -> from.carrier, region -> region);
    boolean areColumns = op.axis() == from.axis;
    return Optional.of(
        new Affine(
            out.value(picks),
            from.axis,
            areColumns
                ? op.starts().stream().mapToDouble(i -> from.scale[i]).toArray()
                : from.scale,
            areColumns
                ? op.starts().stream().mapToDouble(i -> from.shift[i]).toArray()
                : from.shift));
  }

  private static double[] sliced(double[] numbers, int start, int stride, int count) {
    double[] out = new double[count];
    for (int i = 0; i < count; i++) {
      out[i] = numbers[start + i * stride];
    }
    return out;
  }

  /** The axis of the result with the columns' stride and extent; -1 where there is none. */
  private static int reshaped(Shape from, Shape to, int axis) {
    for (int k = 0; k < to.rank(); k++) {
      if (to.extent(k) == from.extent(axis) && to.strides()[k] == from.strides()[axis]) {
        return k;
      }
    }
    return -1;
  }

  /** scale x' + shift for readers that do not absorb it. */
  private Value materialise(Value value, Affine from, Location location, Rewriter out) {
    double most = Arrays.stream(from.scale).map(Math::abs).max().orElse(1);
    double least = Arrays.stream(from.scale).map(Math::abs).min().orElse(1);
    spread = Math.max(spread, most / least);
    Value product =
        out.value(
            new Multiply(
                out.fresh(value.name(), value.type()),
                from.carrier,
                row(value, from.axis, from.scale, location, out),
                location));
    if (!from.isShifted()) {
      return product;
    }
    return out.value(
        new Add(
            out.fresh(value.name(), value.type()),
            product,
            row(value, from.axis, from.shift, location, out),
            location));
  }

  /** The numbers as a constant along one axis, broadcast to the value's shape. */
  private static Value row(
      Value value, int axis, double[] numbers, Location location, Rewriter out) {
    float[] elements = new float[numbers.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) numbers[i];
    }
    int[] extents = new int[value.shape().rank()];
    Arrays.fill(extents, 1);
    extents[axis] = elements.length;
    Shape shape = Shape.of(extents);
    Value constant = constant("", shape, elements, location, out);
    return value.shape().equals(shape)
        ? constant
        : out.value(new Broadcast(out.fresh("columns", value.type()), constant, location));
  }

  static Value constant(
      String name, Shape shape, float[] elements, Location location, Rewriter out) {
    return out.value(
        new Constant(
            out.fresh(name.isEmpty() ? "constant" : name, new TensorType(DType.F32, shape)),
            name,
            TensorData.ofFloats(shape, elements),
            location));
  }

  private Optional<Constant> constant(Value value) {
    return uses.definition(value).filter(Constant.class::isInstance).map(Constant.class::cast);
  }

  private Optional<Constant> broadcastConstant(Value value) {
    return uses.definition(value).orElse(null) instanceof Broadcast b
        ? constant(b.input())
        : constant(value);
  }

  private Optional<double[]> elements(Value value) {
    return constant(value).map(c -> c.data().toDoubles());
  }

  private static boolean isFinite(double[] values) {
    return Arrays.stream(values).allMatch(Double::isFinite);
  }

  private static double[] filled(double[] like, double value) {
    double[] out = new double[like.length];
    Arrays.fill(out, value);
    return out;
  }

  private static double[] mapped(double[] values, DoubleUnaryOperator f) {
    return Arrays.stream(values).map(f).toArray();
  }
}
