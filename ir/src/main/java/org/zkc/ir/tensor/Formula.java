package org.zkc.ir.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;

/**
 * A function of one number x written as steps, of which the last is its value. A step is the name
 * of an operation, its operands and its numbers, separated by spaces. An operand is {@code x},
 * {@code s3} for the result of the fourth step, or a number where the operation takes two operands:
 *
 * <pre>
 *   exp x;  add s0 1;  divide x s1
 * </pre>
 *
 * Operations are the four of arithmetic, {@code relu}, {@code clamp} with its bounds, the
 * activations under their mnemonics, and every {@link ScalarFunction} with its parameters. All are
 * computed in double precision.
 */
public final class Formula {
  /** Steps of a formula; the longest that exporters write have some sixty. */
  public static final int MOST_STEPS = 256;

  private static final Range REALS = Range.UNBOUNDED;

  /** Stands for operand and result of an op of which the function alone is wanted. */
  private static final Value PLACE = new Value("x", new TensorType(DType.F32, Shape.of()));

  private enum Arithmetic {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE
  }

  /** An operation of one operand, with the facts that {@link ScalarFunction} has. */
  private record Unary(DoubleUnaryOperator function, Range range, Domain domain) {}

  /** The operand of a step: x, an earlier step, or a number. */
  private sealed interface Operand {
    record Input() implements Operand {}

    record Earlier(int step) implements Operand {}

    record Number(double value) implements Operand {}
  }

  private sealed interface Step {
    record Binary(Arithmetic operation, Operand left, Operand right) implements Step {}

    record Applied(Unary function, Operand operand) implements Step {}
  }

  /** Operations by the first word of a step; a formula is read each time that it is computed. */
  private static final class Names {
    private static final Map<String, Arithmetic> ARITHMETIC =
        Arrays.stream(Arithmetic.values()).collect(Collectors.toMap(Formula::name, a -> a));

    private static final Map<String, ScalarFunction> FUNCTIONS =
        Arrays.stream(ScalarFunction.values()).collect(Collectors.toMap(Formula::name, f -> f));

    private static final List<OpSpec> OPS =
        Stream.of(Relu.class, Clamp.class, Activation.class)
            .flatMap(kind ->
                kind.isSealed() ? Stream.of(kind.getPermittedSubclasses()) : Stream.of(kind))
            .filter(kind -> kind != Pointwise.class && kind != Composition.class)
            .map(kind -> OpSpec.of(kind.asSubclass(Elementwise.class)))
            .toList();
  }

  private final List<Step> steps;

  private Formula(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads the steps.
   *
   * @throws IllegalArgumentException with one sentence when they make no function
   */
  public static Formula parse(List<String> texts) {
    if (texts.isEmpty() || texts.size() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "a formula has 1 to %d steps, not %d".formatted(MOST_STEPS, texts.size()));
    }
    List<Step> steps = new ArrayList<>();
    for (String text : texts) {
      steps.add(step(text, steps.size()));
    }
    return new Formula(steps);
  }

  /**
   * The formula with one more step, which is its value then.
   *
   * @throws IllegalArgumentException as above
   */
  public Formula with(String text) {
    if (steps.size() >= MOST_STEPS) {
      throw new IllegalArgumentException(
          "a formula has 1 to %d steps, not more".formatted(MOST_STEPS));
    }
    List<Step> longer = new ArrayList<>(steps);
    longer.add(step(text, steps.size()));
    return new Formula(longer);
  }

  private static Step step(String text, int index) {
    String[] words = text.split(" ", -1);
    Arithmetic operation = Names.ARITHMETIC.get(words[0]);
    if (operation != null) {
      if (words.length != 3) {
        throw new IllegalArgumentException("the step '%s' takes two operands".formatted(text));
      }
      return new Step.Binary(
          operation, operand(text, words[1], index), operand(text, words[2], index));
    }
    if (words.length < 2) {
      throw new IllegalArgumentException("the step '%s' has no operand".formatted(text));
    }
    List<Double> numbers = Arrays.stream(words).skip(2).map(word -> number(text, word)).toList();
    return new Step.Applied(unary(text, words[0], numbers), operand(text, words[1], index));
  }

  private static String name(Enum<?> operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  private static Operand operand(String step, String word, int index) {
    if (word.equals("x")) {
      return new Operand.Input();
    }
    if (!word.startsWith("s")) {
      return new Operand.Number(number(step, word));
    }
    int earlier;
    try {
      earlier = Integer.parseInt(word.substring(1));
    } catch (NumberFormatException e) {
      earlier = -1;
    }
    if (earlier < 0 || earlier >= index) {
      throw new IllegalArgumentException(
          "the step '%s' reads %s, which is no step before it".formatted(step, word));
    }
    return new Operand.Earlier(earlier);
  }

  private static double number(String step, String word) {
    try {
      double value = Double.parseDouble(word);
      if (!Double.isNaN(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "the step '%s' has %s where a number is needed".formatted(step, word));
  }

  /** An operation of one operand, by its name. */
  private static Unary unary(String step, String name, List<Double> numbers) {
    Optional<Elementwise> op = named(name, numbers);
    if (op.isEmpty()) {
      throw new IllegalArgumentException(
          "the step '%s' names no operation with %d numbers".formatted(step, numbers.size()));
    }
    op.get().requireFunction();
    return switch (op.get()) {
      case Activation a -> new Unary(a::apply, a.range(), a.domain(REALS));
      case Relu r -> new Unary(r::apply, Range.NOT_NEGATIVE, Domain.REALS);
      case Clamp c -> new Unary(c::apply, new Range(c.low(), c.high()), Domain.REALS);
      case FakeQuantize f -> new Unary(f::apply, REALS, Domain.REALS);
      case IndexWrap w -> new Unary(w::apply, REALS, Domain.REALS);
    };
  }

  /** The op of a name, of values that stand for no tensor. */
  private static Optional<Elementwise> named(String name, List<Double> numbers) {
    for (OpSpec spec : Names.OPS) {
      Optional<Elementwise> found = op(spec, name, numbers);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.ofNullable(Names.FUNCTIONS.get(name))
        .map(f -> new Pointwise(PLACE, PLACE, f, numbers, Location.UNKNOWN));
  }

  /** The op of a record whose step has this name and as many numbers; see {@link #attributesOf}. */
  private static Optional<Elementwise> op(OpSpec spec, String name, List<Double> numbers) {
    if (!name.startsWith(spec.mnemonic())) {
      return Optional.empty();
    }
    StringBuilder expected = new StringBuilder(spec.mnemonic());
    List<Object> arguments = new ArrayList<>();
    Iterator<Double> left = numbers.iterator();
    for (OpSpec.Component c : spec.components()) {
      switch (c.role()) {
        case RESULT, OPERAND -> arguments.add(PLACE);
        case LOCATION -> arguments.add(Location.UNKNOWN);
        case REGION -> throw new AssertionError("a function has no regions");
        case ATTRIBUTE -> {
          if (c.element() == Boolean.class) {
            String flag = "_" + c.name();
            boolean isSet = name.startsWith(expected + flag);
            expected.append(isSet ? flag : "");
            arguments.add(isSet);
          } else if (c.element() == Double.class && left.hasNext()) {
            arguments.add(left.next());
          } else {
            return Optional.empty();
          }
        }
      }
    }
    return name.contentEquals(expected) && !left.hasNext()
        ? Optional.of((Elementwise) spec.create(arguments.toArray()))
        : Optional.empty();
  }

  /**
   * The step that an op is, applied to an operand; empty for ops that are none.
   *
   * @param operand {@code x}, {@code s0}, ...
   */
  public static Optional<String> stepOf(Elementwise op, String operand) {
    return switch (op) {
      case Pointwise p -> {
        StringBuilder text = new StringBuilder(name(p.function())).append(' ').append(operand);
        p.parameters().forEach(each -> text.append(' ').append(each));
        yield Optional.of(text.toString());
      }
      case Composition _, FakeQuantize _, IndexWrap _ -> Optional.empty();
      case Activation _, Clamp _, Relu _ -> attributesOf(op, operand);
    };
  }

  /**
   * The step of a record: its mnemonic, to which attributes that are true add their names, the
   * operand, and its numbers. A record with other attributes is no step.
   */
  private static Optional<String> attributesOf(Elementwise op, String operand) {
    StringBuilder name = new StringBuilder(OpSpec.of(op).mnemonic());
    StringBuilder numbers = new StringBuilder();
    for (Map.Entry<String, Object> attribute : OpSpec.of(op).attributes(op).entrySet()) {
      if (attribute.getValue() instanceof Boolean isSet) {
        name.append(isSet ? "_" + attribute.getKey() : "");
      } else if (attribute.getValue() instanceof Double number) {
        numbers.append(' ').append(number);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(name + " " + operand + numbers);
  }

  /** The value at x. */
  public double apply(double x) {
    double[] values = new double[steps.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (steps.get(i)) {
            case Step.Applied a -> a.function.function.applyAsDouble(at(a.operand, x, values));
            case Step.Binary b -> {
              double left = at(b.left, x, values);
              double right = at(b.right, x, values);
              yield switch (b.operation) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case DIVIDE -> left / right;
              };
            }
          };
    }
    return values[values.length - 1];
  }

  private static double at(Operand operand, double x, double[] values) {
    return switch (operand) {
      case Operand.Input _ -> x;
      case Operand.Earlier e -> values[e.step];
      case Operand.Number n -> n.value;
    };
  }

  /**
   * An interval that holds all values, by interval arithmetic.
   *
   * @param input an interval that holds x
   * @return empty where a step may be outside the domain of its operation: a root of what may be
   *     negative, a quotient by what may be 0
   */
  public Optional<Range> range(Range input) {
    Range[] ranges = new Range[steps.size()];
    for (int i = 0; i < ranges.length; i++) {
      Optional<Range> range =
          switch (steps.get(i)) {
            case Step.Applied a -> applied(a, input, ranges);
            case Step.Binary b -> combined(b, input, ranges);
          };
      if (range.isEmpty()) {
        return Optional.empty();
      }
      ranges[i] = range.get();
    }
    return Optional.of(ranges[ranges.length - 1]);
  }

  private static Optional<Range> applied(Step.Applied step, Range input, Range[] ranges) {
    Range of = range(step.operand, input, ranges);
    Domain domain = step.function.domain;
    boolean isInside =
        domain.equals(Domain.REALS)
            || (domain.contains(of.low()) && domain.contains(of.high()))
            || (domain.contains(of.low()) && domain.high() == Double.POSITIVE_INFINITY);
    return isInside ? Optional.of(step.function.range) : Optional.empty();
  }

  private static Optional<Range> combined(Step.Binary step, Range input, Range[] ranges) {
    Range left = range(step.left, input, ranges);
    Range right = range(step.right, input, ranges);
    return switch (step.operation) {
      case ADD -> Optional.of(new Range(left.low() + right.low(), left.high() + right.high()));
      case SUBTRACT -> Optional.of(new Range(left.low() - right.high(), left.high() - right.low()));
      case MULTIPLY -> {
        Range product = product(left, right);
        yield Optional.of(
            step.left.equals(step.right)
                ? new Range(Math.max(0, product.low()), product.high())
                : product);
      }
      case DIVIDE ->
          right.low() > 0 || right.high() < 0
              ? Optional.of(product(left, new Range(1 / right.high(), 1 / right.low())))
              : Optional.empty();
    };
  }

  private static Range product(Range left, Range right) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double a : new double[] {left.low(), left.high()}) {
      for (double b : new double[] {right.low(), right.high()}) {
        double each = a == 0 || b == 0 ? 0 : a * b;
        low = Math.min(low, each);
        high = Math.max(high, each);
      }
    }
    return new Range(low, high);
  }

  private static Range range(Operand operand, Range input, Range[] ranges) {
    return switch (operand) {
      case Operand.Input _ -> input;
      case Operand.Earlier e -> ranges[e.step];
      case Operand.Number n -> new Range(n.value, n.value);
    };
  }
}
