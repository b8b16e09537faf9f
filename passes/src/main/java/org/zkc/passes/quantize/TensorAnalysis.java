package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
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
  private final IntegralValues integral =
      new IntegralValues(this::constantOf, v -> bounds(v).magnitude());

  private final Map<TensorOp, Scaled> factors = new IdentityHashMap<>();
  private final DecisiveValues decisive;
  private final ValueBounds bounds;

  TensorAnalysis(Function main) {
    this.uses = Uses.of(main);
    this.decisive = new DecisiveValues(uses, factors::containsKey);
    this.bounds = new ValueBounds(uses);
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
        bounds.see(t);
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
        bounds.see(t);
      }
    }
    Set<Value> ends = endsOfLongSums(main);
    for (Op op : main.body().reversed()) {
      Value result = op.definitions().getFirst();
      decisive.see(result);
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
    main.parameters().forEach(decisive::see);
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

  /** The range that certainly holds the value, for every input. */
  ValueBounds.Bounds bounds(Value value) {
    return bounds.of(value);
  }

  /** The values whose order is asked for. */
  DecisiveValues decisive() {
    return decisive;
  }

  private boolean isAffine(TensorOp op) {
    return op instanceof UnaryView
        || op instanceof Add
        || op instanceof Subtract
        || op instanceof BatchNorm
        || factors.containsKey(op);
  }

  /**
   * Whether an op gives numbers of a constant table with which others are compared, by themselves:
   * they are rounded to the scale of what they are compared with.
   */
  private boolean isThreshold(TensorOp op) {
    if (!(op instanceof Gather g)
        || !(uses.definition(g.table()).orElse(null) instanceof Constant)) {
      return false;
    }
    Value at = g.result();
    while (uses.count(at) == 1 && !uses.isYielded(at)) {
      Op user = uses.users(at).getFirst();
      if (user instanceof Subtract s) {
        return DecisiveValues.isComparison(uses, s.result());
      }
      if (!(user instanceof UnaryView v)) {
        return false;
      }
      at = v.result();
    }
    return false;
  }

  private boolean isAccumulating(TensorOp op) {
    if (constants.contains(op.definitions().getFirst())) {
      return false;
    }
    if (op instanceof UnaryView) {
      Value input = op.operands().getFirst();
      return accumulating.contains(input) && uses.count(input) == 1;
    }
    return isThreshold(op)
        || op instanceof Conv
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
      return deferred.contains(result) || uses.isYielded(result) || decisive.feedsOrder(result);
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
}
