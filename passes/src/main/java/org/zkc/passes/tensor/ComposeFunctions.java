package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Composition;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.Formula;
import org.zkc.ir.tensor.Gelu;
import org.zkc.ir.tensor.Hardswish;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Range;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Silu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.Tanh;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * A tensor that is computed element by element from one other tensor and numbers becomes one
 * function of that tensor.
 *
 * <pre>
 *   %a = tensor.sigmoid %x * 1.702         %y = tensor.composition %x {"multiply x 1.702",
 *   %y = tensor.multiply %x, %a                "sigmoid s0", "multiply x s1"}
 * </pre>
 *
 * <p>A product of data, a quotient and a function cost lookups, sums with numbers and products with
 * them do not: a formula takes the place of two that do. Where its values are those of an
 * activation that has an op, it becomes that. Functions that are steps (rounding, signs) stay
 * apart, since they are exact, and so does what is computed from integers.
 */
public final class ComposeFunctions extends Rewrite {
  /** Steps of a formula; what is longer stays in parts. */
  private static final int MOST_STEPS = 64;

  /** Fewer lookups are not worth a table of their own. */
  private static final int FEWEST_COSTS = 2;

  /** Points at which a formula is compared with activations, and how far they reach. */
  private static final int POINTS = 385;

  private static final double REACH = 12;

  /** Single precision, in which constants of written-out activations are rounded. */
  private static final double TOLERANCE = 1e-6;

  public ComposeFunctions() {
    super(
        "compose-functions",
        "Makes one function of what is computed element by element from one tensor.",
        Level.TENSOR,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Run();
  }

  /**
   * A value as a formula of another.
   *
   * @param range of the root: all numbers, or those that are not negative
   * @param steps each with whether it costs a lookup; the last is the value; empty for the value
   *     that is its own root
   * @param formula of the steps; empty where there are none
   */
  private record Computed(
      Value root, Range range, Map<String, Boolean> steps, Optional<Formula> formula) {
    private long costs() {
      return steps.values().stream().filter(c -> c).count();
    }

    private String last() {
      return steps.isEmpty() ? "x" : "s" + (steps.size() - 1);
    }
  }

  private static final class Run implements Rules {
    private final Map<Value, Computed> computed = new IdentityHashMap<>();

    @Override
    public boolean rewrite(Op op, Scope scope) {
      if (!isReal(op.definitions().getFirst())) {
        return false;
      }
      Optional<Computed> found =
          switch ((TensorOp) op) {
            case Elementwise e -> isComposable(e) ? applied(e, scope) : Optional.empty();
            case Add a -> combined("add", a.left(), a.right(), scope);
            case Subtract s -> combined("subtract", s.left(), s.right(), scope);
            case Multiply m -> combined("multiply", m.left(), m.right(), scope);
            case Divide d -> combined("divide", d.left(), d.right(), scope);
            case TensorOp _ -> Optional.empty();
          };
      if (found.isEmpty() || isExact(found.get().root, scope)) {
        return false;
      }
      Value result = op.definitions().getFirst();
      computed.put(result, found.get());
      return found.get().costs() >= FEWEST_COSTS && composed(found.get(), result, op, scope);
    }

    private static boolean isReal(Value value) {
      return value.tensorType().dtype().isFloating();
    }

    /** Whether a value is integers as real numbers, which arithmetic keeps exact. */
    private static boolean isExact(Value value, Scope scope) {
      return scope.definition(value).orElse(null) instanceof Cast;
    }

    private static boolean composed(Computed found, Value result, Op op, Scope scope) {
      List<String> steps = List.copyOf(found.steps.keySet());
      Composition composition = new Composition(result, found.root, steps, op.location());
      Optional<Activation> known = known(composition, found.formula.orElseThrow());
      scope.define(known.isPresent() ? known.get() : composition);
      return true;
    }

    private static boolean isComposable(Elementwise op) {
      return switch (op) {
        case Pointwise p ->
            p.function() != ScalarFunction.SIGN
                && p.function() != ScalarFunction.FLOOR
                && p.function() != ScalarFunction.CEIL
                && p.function() != ScalarFunction.ROUND
                && p.function() != ScalarFunction.TRUNC;
        case Activation _, Relu _, Clamp _ -> true;
        case Elementwise _ -> false;
      };
    }

    private Optional<Computed> applied(Elementwise op, Scope scope) {
      Computed operand = of(op.input(), scope);
      Optional<String> step = Formula.stepOf(op, operand.last());
      return step.flatMap(text -> extended(operand, text, true));
    }

    private Optional<Computed> combined(String name, Value left, Value right, Scope scope) {
      Optional<Double> leftNumber = number(left, scope);
      Optional<Double> rightNumber = number(right, scope);
      if (leftNumber.isPresent() == rightNumber.isPresent()) {
        return leftNumber.isPresent() ? Optional.empty() : ofTwo(name, left, right, scope);
      }
      Value data = leftNumber.isPresent() ? right : left;
      Computed operand = of(data, scope);
      String text =
          leftNumber.isPresent()
              ? "%s %s %s".formatted(name, leftNumber.get(), operand.last())
              : "%s %s %s".formatted(name, operand.last(), rightNumber.get());
      boolean isQuotient = name.equals("divide") && leftNumber.isPresent();
      return extended(operand, text, isQuotient);
    }

    /** Two formulas of one root as one; equal steps are taken once. */
    private Optional<Computed> ofTwo(String name, Value left, Value right, Scope scope) {
      Computed first = of(left, scope);
      Computed second = of(right, scope);
      if (first.root != second.root) {
        return Optional.empty();
      }
      Map<String, Boolean> steps = new LinkedHashMap<>(first.steps);
      List<String> places = new ArrayList<>(first.steps.keySet());
      List<String> renamed = new ArrayList<>();
      for (Map.Entry<String, Boolean> step : second.steps.entrySet()) {
        String text = renamed(step.getKey(), renamed);
        if (steps.putIfAbsent(text, step.getValue()) == null) {
          places.add(text);
        }
        renamed.add("s" + places.indexOf(text));
      }
      String last = second.steps.isEmpty() ? "x" : renamed.getLast();
      boolean costs = !name.equals("add") && !name.equals("subtract");
      String text = "%s %s %s".formatted(name, first.last(), last);
      Optional<Formula> both =
          places.isEmpty() || places.size() >= MOST_STEPS
              ? Optional.empty()
              : Optional.of(Formula.parse(places));
      return extended(new Computed(first.root, first.range, steps, both), text, costs);
    }

    /** A step whose earlier steps have other places now. */
    private static String renamed(String step, List<String> places) {
      String[] words = step.split(" ", -1);
      for (int i = 1; i < words.length; i++) {
        if (words[i].startsWith("s")) {
          words[i] = places.get(Integer.parseInt(words[i].substring(1)));
        }
      }
      return String.join(" ", words);
    }

    /** The formula with one more step; empty where that may leave the domain of an operation. */
    private static Optional<Computed> extended(Computed from, String step, boolean costs) {
      if (from.steps.containsKey(step) || from.steps.size() >= MOST_STEPS) {
        return Optional.empty();
      }
      Formula longer =
          from.formula.map(f -> f.with(step)).orElseGet(() -> Formula.parse(List.of(step)));
      if (longer.range(from.range).isEmpty()) {
        return Optional.empty();
      }
      Map<String, Boolean> all = new LinkedHashMap<>(from.steps);
      all.put(step, costs);
      return Optional.of(new Computed(from.root, from.range, all, Optional.of(longer)));
    }

    /** The value as a formula; one that is computed otherwise is the root of those after it. */
    private Computed of(Value value, Scope scope) {
      Computed found = computed.get(value);
      return found != null
          ? found
          : new Computed(value, range(value, scope), Map.of(), Optional.empty());
    }

    /** Sums of squares are not negative; of other values nothing is known. */
    private static Range range(Value value, Scope scope) {
      return isNotNegative(value, scope, MOST_STEPS) ? Range.NOT_NEGATIVE : Range.UNBOUNDED;
    }

    private static boolean isNotNegative(Value value, Scope scope, int deep) {
      return deep > 0
          && switch (scope.definition(value).orElse(null)) {
            case Multiply m -> m.left() == m.right();
            case Relu _ -> true;
            case Add a ->
                isNotNegative(a.left(), scope, deep / 2)
                    && isNotNegative(a.right(), scope, deep / 2);
            case WindowMean m -> isNotNegative(m.input(), scope, deep - 1);
            case null, default -> false;
          };
    }

    /** The number that all elements of a constant are; empty for other values. */
    private static Optional<Double> number(Value value, Scope scope) {
      return TensorRewrite.broadcastConstant(scope, value)
          .map(Constant::data)
          .filter(d -> d.dtype().isFloating() && d.elementCount() == 1)
          .map(d -> d.getDouble(0))
          .filter(Double::isFinite);
    }

    /** The activation whose values a formula has. */
    private static Optional<Activation> known(Composition c, Formula formula) {
      Location at = c.location();
      List<Activation> left =
          new ArrayList<>(
              List.of(
                  new Gelu(c.result(), c.input(), false, at),
                  new Gelu(c.result(), c.input(), true, at),
                  new Silu(c.result(), c.input(), at),
                  new Hardswish(c.result(), c.input(), at),
                  new Sigmoid(c.result(), c.input(), at),
                  new Tanh(c.result(), c.input(), at)));
      for (int p = 0; p < POINTS && !left.isEmpty(); p++) {
        double x = -REACH + 2 * REACH * p / (POINTS - 1);
        double y = formula.apply(x);
        left.removeIf(a -> {
          double expected = a.apply(x);
          return !(Math.abs(y - expected) <= TOLERANCE * (1 + Math.abs(expected)));
        });
      }
      return left.stream().findFirst();
    }
  }
}
