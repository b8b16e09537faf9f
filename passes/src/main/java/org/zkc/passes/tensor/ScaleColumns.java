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
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.Lowering;

/**
 * Gives each column of a table its own unit. An input x of shape [rows, columns] becomes x' with x
 * = x' scale, column by column, and the first linear map absorbs scale, with the standardisation
 * that stands between: W (a (x' scale) + b) + c = (W a scale) x' + (W b + c), in double precision.
 * Other readers get the product.
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
          "Reads a table in one unit per column, which the first linear map absorbs.",
          Level.TENSOR,
          Level.TENSOR,
          "UNIT...",
          arguments -> {
            double[] units = arguments.stream().mapToDouble(Double::parseDouble).toArray();
            return (program, context) ->
                apply(program, Map.of(program.main().parameters().getFirst(), units));
          });

  /** An affine function scale x' + shift of an input, per column. */
  private record Affine(Value input, double[] scale, double[] shift) {
    Affine then(double[] factor, double[] summand) {
      double[] newScale = new double[scale.length];
      double[] newShift = new double[scale.length];
      for (int i = 0; i < scale.length; i++) {
        newScale[i] = scale[i] * factor[i];
        newShift[i] = shift[i] * factor[i] + summand[i];
      }
      return new Affine(input, newScale, newShift);
    }
  }

  /** Factors and summands of a function of columns, given the constant in the op. */
  @FunctionalInterface
  private interface Terms {
    double[][] of(double[] constant);
  }

  private final Uses uses;
  private final Map<Value, Affine> affine = new IdentityHashMap<>();
  private final Map<Value, Value> materialised = new IdentityHashMap<>();

  private ScaleColumns(Uses uses) {
    this.uses = uses;
  }

  /**
   * The program of x' for the parameters that are given scales, and of x for the others.
   *
   * @param scales one per column, positive, for parameters of rank 2
   */
  public static Program apply(Program program, Map<Value, double[]> scales) {
    Function main = program.main();
    ScaleColumns rewrite = new ScaleColumns(Uses.of(main));
    scales.forEach((parameter, s) ->
        rewrite.affine.put(parameter, new Affine(parameter, s.clone(), new double[s.length])));
    Function rewritten = Rewriter.rewrite(main, rewrite::rewrite);
    List<Value> results = main.results().stream().filter(rewrite.affine::containsKey).toList();
    if (!results.isEmpty()) {
      throw new IllegalArgumentException("an input of scaled columns is an output");
    }
    return Program.of(Level.TENSOR, DeadOps.remove(rewritten));
  }

  private void rewrite(Op op, Rewriter out) {
    Value result = op.definitions().getFirst();
    Optional<Affine> next = uses.isYielded(result) ? Optional.empty() : next(op);
    if (next.isPresent()) {
      affine.put(result, next.get());
      return;
    }
    if (op instanceof Linear l
        && affine.containsKey(l.input())
        && constant(l.weight()).isPresent()
        && (l.bias().isEmpty() || constant(l.bias().get()).isPresent())) {
      absorb(l, Objects.requireNonNull(affine.get(l.input())), out);
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

  /** The op as an affine function of an input's columns, when it is one. */
  private Optional<Affine> next(Op op) {
    return switch (op) {
      case Multiply m -> either(m.left(), m.right(), c -> new double[][] {c, filled(c, 0)});
      case Add a -> either(a.left(), a.right(), c -> new double[][] {filled(c, 1), c});
      case Subtract s when affine.containsKey(s.left()) ->
          of(s.left(), s.right(), c -> new double[][] {filled(c, 1), mapped(c, x -> -x)});
      case Subtract s -> of(s.right(), s.left(), c -> new double[][] {filled(c, -1), c});
      case Divide d ->
          of(d.left(), d.right(), c -> new double[][] {mapped(c, x -> 1 / x), filled(c, 0)});
      case BatchNorm b when affine.containsKey(b.input()) -> normalized(b);
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
        .flatMap(c -> ChannelAffine.perChannel(c.data(), value.shape(), 1))
        .map(terms::of)
        .filter(t -> isFinite(t[0]) && isFinite(t[1]))
        .map(t -> from.then(t[0], t[1]));
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
    return from == null ? Optional.empty() : Optional.of(from.then(factor, summand));
  }

  /** The map of x' that is {@code op} of the affine function of x'. */
  private void absorb(Linear op, Affine from, Rewriter out) {
    Constant weight = constant(op.weight()).orElseThrow();
    float[] w = weight.data().toFloats();
    int columns = from.scale.length;
    int outputs = op.weight().shape().extent(0);
    float[] scaled = new float[w.length];
    float[] bias = new float[outputs];
    Optional<Constant> own = op.bias().flatMap(this::constant);
    for (int o = 0; o < outputs; o++) {
      double sum = own.isPresent() ? own.get().data().getDouble(o) : 0;
      for (int i = 0; i < columns; i++) {
        scaled[o * columns + i] = (float) (w[o * columns + i] * from.scale[i]);
        sum += w[o * columns + i] * from.shift[i];
      }
      bias[o] = (float) sum;
    }
    String name = weight.name();
    String biasName = own.map(Constant::name).orElse(name.isEmpty() ? "" : name + ".shift");
    out.append(
        new Linear(
            op.result(),
            from.input,
            constant(name, op.weight().shape(), scaled, op.location(), out),
            Optional.of(constant(biasName, Shape.of(outputs), bias, op.location(), out)),
            op.location()));
  }

  /** scale x' + shift for readers that do not absorb it. */
  private static Value materialise(Value value, Affine from, Location location, Rewriter out) {
    Value product =
        out.value(
            new Multiply(
                out.fresh(value.name(), value.type()),
                from.input,
                row(value, from.scale, location, out),
                location));
    if (Arrays.stream(from.shift).allMatch(s -> s == 0)) {
      return product;
    }
    return out.value(
        new Add(
            out.fresh(value.name(), value.type()),
            product,
            row(value, from.shift, location, out),
            location));
  }

  /** The numbers as a constant of one row, broadcast to the value's shape. */
  private static Value row(Value value, double[] numbers, Location location, Rewriter out) {
    float[] elements = new float[numbers.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) numbers[i];
    }
    Value constant = constant("", Shape.of(1, elements.length), elements, location, out);
    return value.shape().extent(0) == 1
        ? constant
        : out.value(new Broadcast(out.fresh("columns", value.type()), constant, location));
  }

  private static Value constant(
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
