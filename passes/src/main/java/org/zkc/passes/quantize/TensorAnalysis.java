package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
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
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.UnaryView;

/**
 * Facts about a tensor-level function that decide where requantisations go, gathered in linear
 * time.
 *
 * <p>An op that can give its result at any scale one likes (a convolution, whose weights absorb it;
 * a sum of such; a view of one) is <em>accumulating</em>. Such a value is <em>deferred</em> when
 * its one reader is an activation, a sum, or a view whose result is deferred: it is then computed
 * as part of its reader's accumulator, and no lookup is spent on it.
 */
final class TensorAnalysis {

  /** The range that certainly holds a value, whatever the input. */
  record Bounds(double low, double high) {
    static final Bounds NONE = new Bounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    Bounds clamp(double least, double greatest) {
      return new Bounds(Math.clamp(low, least, greatest), Math.clamp(high, least, greatest));
    }

    Bounds hull(Bounds other) {
      return new Bounds(Math.min(low, other.low), Math.max(high, other.high));
    }

    double magnitude() {
      return Math.max(Math.abs(low), Math.abs(high));
    }
  }

  /** Elements of a constant that are read at a time. */
  private static final int PART = 1 << 13;

  /**
   * The most ops that lie one behind the other in one accumulator. Longer sums, as a loop makes
   * them, are requantised on the way: the work on an accumulator recurs through its ops.
   */
  private static final int MAXIMAL_DEPTH = 256;

  private final Uses uses;
  private final Set<Value> constants = identitySet();
  private final Set<Value> accumulating = identitySet();
  private final Set<Value> deferred = identitySet();
  private final Set<Value> inputLike = identitySet();
  private final Set<Value> decisive = identitySet();

  /** Decisive values whose own elements are compared, moved or cut at most. */
  private final Set<Value> compared = identitySet();

  private final IntegralValues integral =
      new IntegralValues(this::constantOf, v -> bounds(v).magnitude());

  /** Values of which whole numbers stay whole up to a function that jumps at such. */
  private final Set<Value> rounded = identitySet();

  private final Map<TensorOp, Scaled> factors = new IdentityHashMap<>();
  private final Map<Value, Bounds> bounds = new IdentityHashMap<>();

  TensorAnalysis(Function main) {
    this.uses = Uses.of(main);
    main.parameters().stream().filter(p -> !isExact(p)).forEach(inputLike::add);
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      TensorOp t = (TensorOp) op;
      if (t instanceof UnaryView
          ? op.operands().stream().allMatch(constants::contains)
          : op instanceof Constant) {
        constants.add(result);
      }
      if (isExact(result)) {
        continue;
      }
      integral.see(t);
      if (integral.contains(result)) {
        bounds.put(result, boundsOf(t));
        continue;
      }
      findFactor(t);
      if (isAccumulating(t)) {
        accumulating.add(result);
      }
      if (isAffine(t)
          && op.operands().stream().allMatch(v -> constants.contains(v) || inputLike.contains(v))) {
        inputLike.add(result);
      }
      // A constant's elements are read when its bounds are asked for: weights are many.
      if (!(t instanceof Constant)) {
        bounds.put(result, boundsOf(t));
      }
    }
    Set<Value> ends = endsOfLongSums(main);
    for (Op op : main.body().reversed()) {
      Value result = op.definitions().getFirst();
      findDecisive(result);
      if (op instanceof Standardization s && normed(s).input() != s.input()) {
        deferred.add(s.input());
      }
      if (accumulating.contains(result)
          && uses.count(result) == 1
          && isAbsorbed(result)
          && !ends.contains(result)) {
        deferred.add(result);
      }
    }
    main.parameters().forEach(this::findDecisive);
  }

  /** Readers come before. */
  private void findDecisive(Value value) {
    if (uses.users(value).stream().anyMatch(user -> isOrder(user) || handsElementsOn(user))) {
      compared.add(value);
    }
    if (uses.users(value).stream().anyMatch(user -> isRounding(user) || handsWholesOn(user))) {
      rounded.add(value);
    }
    if (uses.users(value).stream().anyMatch(user -> isOrder(user) || handsOrderOn(user))) {
      decisive.add(value);
    }
  }

  /** The values behind which an accumulator would become deeper than it may be. */
  private Set<Value> endsOfLongSums(Function main) {
    Set<Value> ends = identitySet();
    Map<Value, Integer> depths = new IdentityHashMap<>();
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      if (accumulating.contains(result)) {
        int depth = 1;
        for (Value operand : op.operands()) {
          depth = Math.max(depth, 1 + depths.getOrDefault(operand, 0));
        }
        if (depth >= MAXIMAL_DEPTH) {
          ends.add(result);
        } else {
          depths.put(result, depth);
        }
      }
    }
    return ends;
  }

  /**
   * The operand of a norm: elements times 2^exponents[i], i the index on its axis.
   *
   * @param exponents from 0 on; none where the norm reads the input as it is
   */
  record Normed(Value input, List<Integer> exponents) {}

  /** The norm's operand; a product with powers of two that the norm alone reads is its own. */
  Normed normed(Standardization norm) {
    Value input = norm.input();
    if (uses.definition(input).orElse(null) instanceof Multiply m && isOwn(m, norm)) {
      Scaled scaled = Objects.requireNonNull(factors.get(m), "its own product has a factor");
      int extent = input.shape().extent(norm.axis());
      Optional<List<Integer>> exponents = scaled.factor().exponents(extent);
      if (exponents.isPresent() && exponents.get().stream().allMatch(e -> e >= 0)) {
        return new Normed(scaled.input(), exponents.get());
      }
    }
    return new Normed(input, List.of());
  }

  /** The elements times factors[i], i the index on the last axis. */
  record ByChannel(Value input, double[] factors) {}

  /**
   * A product with constants, one for each index on the last axis, as the operand of a sum: it is
   * part of the sum's accumulator, each channel times a multiplier of its own. Empty for other ops.
   */
  Optional<ByChannel> byChannel(TensorOp op) {
    Value result = op.definitions().getFirst();
    if (!(factors.get(op) instanceof Scaled scaled)
        || !(scaled.factor() instanceof ConstantFactor.PerElement factor)
        || uses.count(result) != 1
        || uses.isYielded(result)
        || !(uses.users(result).getFirst() instanceof Add
            || uses.users(result).getFirst() instanceof Subtract)) {
      return Optional.empty();
    }
    return factor
        .alongLast(result.shape().extent(result.shape().rank() - 1))
        .map(factors -> new ByChannel(scaled.input(), factors));
  }

  private boolean isOwn(Multiply product, Standardization norm) {
    return norm.axis() == norm.input().shape().rank() - 1
        && factors.containsKey(product)
        && uses.count(product.result()) == 1;
  }

  private static Set<Value> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  Uses uses() {
    return uses;
  }

  TensorOp definition(Value value) {
    return (TensorOp) uses.definition(value).orElseThrow();
  }

  /** Whether the value holds integers or booleans, which are not quantised. */
  static boolean isExact(Value value) {
    return !value.tensorType().dtype().isFloating();
  }

  /** Whether the value's real numbers are integers, which are computed in units of 1. */
  boolean isIntegral(Value value) {
    return integral.contains(value);
  }

  /** The constant that the value is, or is broadcast or reshaped from. */
  private Optional<Constant> constantOf(Value value) {
    return switch (uses.definition(value).orElse(null)) {
      case Constant c -> Optional.of(c);
      case Broadcast b -> constantOf(b.input());
      case Reshape r -> constantOf(r.input());
      case null, default -> Optional.empty();
    };
  }

  /** A constant of the program, or a view of one. */
  boolean isConstant(Value value) {
    return constants.contains(value);
  }

  /** input times a constant. */
  record Scaled(Value input, ConstantFactor factor) {}

  /**
   * A product with a constant, or a quotient by one (as a product with its inverse); empty for
   * other ops.
   */
  Optional<Scaled> scaled(TensorOp op) {
    return Optional.ofNullable(factors.get(op));
  }

  private void findFactor(TensorOp op) {
    if (op instanceof Multiply m
        && (constants.contains(m.left()) || constants.contains(m.right()))) {
      Value constant = constants.contains(m.left()) ? m.left() : m.right();
      Value input = constants.contains(m.left()) ? m.right() : m.left();
      factors.put(
          op,
          new Scaled(input, ConstantFactor.of(evaluate(constant).toDoubles(), m.result().shape())));
    } else if (op instanceof Divide d && constants.contains(d.right())) {
      double[] inverses = evaluate(d.right()).toDoubles();
      for (int i = 0; i < inverses.length; i++) {
        inverses[i] = 1 / inverses[i];
      }
      factors.put(op, new Scaled(d.left(), ConstantFactor.of(inverses, d.result().shape())));
    }
  }

  private TensorData evaluate(Value constant) {
    List<Op> chain = new ArrayList<>();
    for (Value at = constant; ; at = chain.getLast().operands().getFirst()) {
      chain.add(definition(at));
      if (chain.getLast() instanceof Constant) {
        break;
      }
    }
    Function main =
        new Function(
            "main",
            new Region(List.of(), chain.reversed(), List.of(constant)),
            chain.getFirst().location());
    return TensorInterpreter.run(Program.of(Level.TENSOR, main), List.of()).getFirst();
  }

  /** Whether the value can be had at any scale, as part of an accumulator. */
  boolean isAccumulating(Value value) {
    return accumulating.contains(value);
  }

  /** Whether the value is computed within its one reader's accumulator. */
  boolean isDeferred(Value value) {
    return deferred.contains(value);
  }

  /** Whether the value is an input, or made of inputs by sums, constant factors and views alone. */
  boolean isInputLike(Value value) {
    return inputLike.contains(value);
  }

  boolean isOutput(Value value) {
    return uses.isYielded(value);
  }

  /**
   * Whether the op asks which of its elements are larger, or on which side of a step they are: its
   * result is as good as its operand is precise, and exact whatever the operand's width.
   */
  static boolean isOrder(Op op) {
    return op instanceof CompareZero
        || op instanceof TopK
        || (op instanceof Pointwise p && StepLowering.isStep(p));
  }

  private static boolean isRounding(Op op) {
    return op instanceof Pointwise p && StepLowering.isRounding(p);
  }

  /** Whether whole numbers stay whole in an op whose result is rounded to such. */
  private boolean handsWholesOn(Op op) {
    return rounded.contains(op.definitions().getFirst())
        && (op instanceof UnaryView
            || op instanceof Concatenate
            || op instanceof MaxPool
            || op instanceof Relu
            || op instanceof Clamp
            || op instanceof Add
            || op instanceof Subtract
            || op instanceof Multiply
            || (op instanceof WindowMean w && w.lengths().stream().allMatch(n -> n == 1)));
  }

  /**
   * Whether a function that jumps at whole numbers reads the value, by itself or through ops that
   * keep numbers whole: its scale is a power of two, so that whole numbers are integers' multiples.
   */
  boolean isRounded(Value value) {
    return rounded.contains(value);
  }

  /** Whether the value's own elements decide, moved, cut or rounded to whole numbers at most. */
  boolean isCompared(Value value) {
    return compared.contains(value) || rounded.contains(value);
  }

  /** Whether an op whose results are compared moves its operands' elements there, or cuts them. */
  private boolean handsElementsOn(Op op) {
    return compared.contains(op.definitions().getFirst())
        && (op instanceof UnaryView
            || op instanceof Concatenate
            || op instanceof MaxPool
            || op instanceof Gather
            || op instanceof Relu
            || op instanceof Clamp
            || (op instanceof WindowMean w && w.lengths().stream().allMatch(n -> n == 1)));
  }

  /** Whether an op is a function of elements, by a table, whose results decide themselves. */
  private boolean isDecidingTable(Op op) {
    return op instanceof Activation && isCompared(op.definitions().getFirst());
  }

  /** Whether an op by whose result order is asked asks for that of its operands with it. */
  private boolean handsOrderOn(Op op) {
    Value result = op.definitions().getFirst();
    return handsElementsOn(op)
        || isDecidingTable(op)
        || decisive.contains(result)
            && (op instanceof UnaryView
                || op instanceof Concatenate
                || op instanceof Add
                || op instanceof Subtract
                || op instanceof MaxPool
                || op instanceof Gather
                || op instanceof Linear
                || op instanceof Conv
                || op instanceof BatchNorm
                || factors.containsKey(op));
  }

  /** Whether an op of order reads the value, by itself or through sums, linear maps and views. */
  boolean isDecisive(Value value) {
    return decisive.contains(value);
  }

  /** Whether an op of order reads the value itself. */
  boolean feedsOrder(Value value) {
    return uses.users(value).stream().anyMatch(TensorAnalysis::isOrder);
  }

  /** Whether the value is a result of the program, or one is made of it by views and means. */
  boolean leavesProgram(Value value) {
    return uses.isYielded(value)
        || uses.users(value).stream()
            .filter(op ->
                op instanceof UnaryView
                    || op instanceof Concatenate
                    || op instanceof WindowMean
                    || factors.containsKey(op))
            .anyMatch(op -> leavesProgram(op.definitions().getFirst()));
  }

  /** Whether every reader is a result of the program, or a view that feeds such only. */
  boolean feedsOutputsOnly(Value value) {
    return uses.users(value).stream()
        .allMatch(op -> op instanceof UnaryView && feedsOutputsOnly(op.definitions().getFirst()));
  }

  Bounds bounds(Value value) {
    Bounds known = bounds.get(value);
    if (known != null) {
      return known;
    }
    if (isExact(value) || !(uses.definition(value).orElse(null) instanceof Constant constant)) {
      return Bounds.NONE;
    }
    Bounds found = ofElements(constant.data());
    bounds.put(value, found);
    return found;
  }

  private boolean isAffine(TensorOp op) {
    return op instanceof UnaryView
        || op instanceof Add
        || op instanceof Subtract
        || op instanceof BatchNorm
        || factors.containsKey(op);
  }

  private boolean isAccumulating(TensorOp op) {
    if (constants.contains(op.definitions().getFirst())) {
      return false;
    }
    if (op instanceof UnaryView) {
      Value input = op.operands().getFirst();
      return accumulating.contains(input) && uses.count(input) == 1;
    }
    return op instanceof Conv
        || op instanceof Linear
        || op instanceof BatchNorm
        || op instanceof Add
        || op instanceof Subtract
        || (factors.containsKey(op)
            && (!(factors.get(op).factor() instanceof ConstantFactor.PerElement)
                || byChannel(op).isPresent()));
  }

  private boolean isAbsorbed(Value value) {
    if (uses.isYielded(value)) {
      return false;
    }
    TensorOp reader = (TensorOp) uses.users(value).getFirst();
    if (reader instanceof UnaryView) {
      Value result = reader.definitions().getFirst();
      return deferred.contains(result) || uses.isYielded(result) || feedsOrder(result);
    }
    return switch (reader) {
      case Elementwise e -> true;
      case Normalization n -> true;
      case Attention a -> a.scores() == value;
      case Add a -> true;
      case Subtract s -> true;
      case Multiply m -> isUniform(m);
      case Divide d -> isUniform(d) || !constants.contains(d.right());
      default -> false;
    };
  }

  private boolean isUniform(TensorOp op) {
    return factors.containsKey(op) && factors.get(op).factor() instanceof ConstantFactor.Uniform;
  }

  private Bounds boundsOf(TensorOp op) {
    return switch (op) {
      case Relu r -> bounds(r.input()).clamp(0, Double.POSITIVE_INFINITY);
      case Clamp c -> bounds(c.input()).clamp(c.low(), c.high());
      case FakeQuantize f -> new Bounds(f.scale() * f.low(), f.scale() * f.high());
      case Pointwise p when StepLowering.isRounding(p) -> {
        Bounds of = bounds(p.input());
        yield new Bounds(Math.floor(of.low), Math.ceil(of.high));
      }
      case Activation t -> new Bounds(t.range().low(), t.range().high());
      case Normalization n -> new Bounds(n.range().low(), n.range().high());
      // A mean of the values.
      case Attention a -> bounds(a.values());
      case MaxPool m -> bounds(m.input());
      case WindowMean m -> windows(m);
      case Pad p ->
          bounds(p.input()).hull(new Bounds(p.value().doubleValue(), p.value().doubleValue()));
      case Concatenate c ->
          c.inputs().stream().map(this::bounds).reduce(Bounds::hull).orElse(Bounds.NONE);
      case Cast c when c.input().tensorType().dtype() == DType.I1 -> new Bounds(0, 1);
      case Gather g -> bounds(g.table());
      case Constant c -> ofElements(c.data());
      case Add a -> sum(bounds(a.left()), bounds(a.right()));
      case Multiply m when m.left() == m.right() -> {
        Bounds of = product(bounds(m.left()), bounds(m.left()));
        yield of.clamp(0, Double.POSITIVE_INFINITY);
      }
      case Multiply m -> product(bounds(m.left()), bounds(m.right()));
      case Divide d when bounds(d.right()).low > 0 -> {
        Bounds by = bounds(d.right());
        yield product(bounds(d.left()), new Bounds(1 / by.high, 1 / by.low));
      }
      case MatMul m -> {
        Bounds one = product(bounds(m.left()), bounds(m.right()));
        int terms = m.left().shape().extent(m.left().shape().rank() - 1);
        yield new Bounds(times(one.low, terms), times(one.high, terms));
      }
      default -> op instanceof UnaryView ? bounds(op.operands().getFirst()) : Bounds.NONE;
    };
  }

  private static Bounds ofElements(TensorData data) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    if (data.dtype() != DType.F32) {
      for (long i = 0; i < data.elementCount(); i++) {
        low = Math.min(low, data.getDouble(i));
        high = Math.max(high, data.getDouble(i));
      }
    } else {
      float[] part = new float[(int) Math.min(PART, data.elementCount())];
      for (long first = 0; first < data.elementCount(); first += part.length) {
        int count = (int) Math.min(part.length, data.elementCount() - first);
        data.copyFloats(first, part, count);
        for (int i = 0; i < count; i++) {
          low = Math.min(low, part[i]);
          high = Math.max(high, part[i]);
        }
      }
    }
    return low <= high ? new Bounds(low, high) : Bounds.NONE;
  }

  /** A mean lies in the hull of its elements and 0, a sum as far from 0 as it has elements. */
  private Bounds windows(WindowMean op) {
    Bounds of = bounds(op.input()).hull(new Bounds(0, 0));
    double most = 1;
    for (int j = 0; j < op.lengths().size(); j++) {
      most = Math.max(most, (double) op.lengths().get(j) / op.divisors().get(j));
    }
    return new Bounds(times(of.low, most), times(of.high, most));
  }

  private static Bounds product(Bounds a, Bounds b) {
    double[] corners = {
      times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)
    };
    return new Bounds(
        Arrays.stream(corners).min().orElseThrow(), Arrays.stream(corners).max().orElseThrow());
  }

  /** The product, 0 where a factor is 0: bounds that are infinite stand for finite numbers. */
  private static double times(double a, double b) {
    return a == 0 || b == 0 ? 0 : a * b;
  }

  private static Bounds sum(Bounds a, Bounds b) {
    return new Bounds(a.low + b.low, a.high + b.high);
  }
}
