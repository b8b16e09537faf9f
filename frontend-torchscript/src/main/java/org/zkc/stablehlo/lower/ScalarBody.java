package org.zkc.stablehlo.lower;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/** Runs small bodies of comparisons and choices on numbers, to observe their behaviour. */
final class ScalarBody {
  /** A body of argmax has some ten operations, a comparator of numbers some fifteen. */
  private static final int MOST_OPERATIONS = 32;

  private ScalarBody() {}

  /**
   * The values that a body returns; empty for a body of other operations.
   *
   * @param outer constants of the blocks around that the body may read
   * @param arguments truth values are 0 and 1
   */
  static Optional<List<Double>> run(
      Block body, Map<HloValue, Double> outer, List<Double> arguments) {
    if (body.operations().size() > MOST_OPERATIONS) {
      return Optional.empty();
    }
    Map<HloValue, Double> values = new IdentityHashMap<>(outer);
    for (int k = 0; k < arguments.size(); k++) {
      values.put(body.arguments().get(k), arguments.get(k));
    }
    for (Operation operation : body.operations()) {
      List<Optional<Double>> operands =
          operation.operands().stream().map(v -> Optional.ofNullable(values.get(v))).toList();
      if (operands.stream().anyMatch(Optional::isEmpty)) {
        return Optional.empty();
      }
      List<Double> x = operands.stream().map(Optional::orElseThrow).toList();
      if (operation.name().equals("stablehlo.return") || operation.name().equals("func.return")) {
        return Optional.of(x);
      }
      Optional<Double> result = evaluate(operation, x);
      if (result.isEmpty() || operation.results().size() != 1) {
        return Optional.empty();
      }
      values.put(operation.results().getFirst(), result.orElseThrow());
    }
    return Optional.empty();
  }

  /** The constants around an operation's regions that these read. */
  static Map<HloValue, Double> constants(HloCall call) {
    Map<HloValue, Double> out = new IdentityHashMap<>();
    call.block()
        .captured(call.operation().regions())
        .forEach((value, held) ->
            held.number()
                .flatMap(Elementwise::value)
                .filter(ScalarBody::isNoThreshold)
                .ifPresent(n -> out.put(value, n)));
    return out;
  }

  /** The result of one operation; empty for one that is not known here. */
  static Optional<Double> evaluate(Operation operation, List<Double> x) {
    int count = x.size();
    if (operation.name().equals("stablehlo.constant") && count == 0) {
      return constant(operation);
    }
    if (operation.name().equals("stablehlo.select") && count == 3) {
      return Optional.of(x.get(0) != 0 ? x.get(1) : x.get(2));
    }
    if (operation.name().equals("stablehlo.not") && count == 1) {
      return Optional.of(x.getFirst() == 0 ? 1.0 : 0.0);
    }
    if (count != 2) {
      return Optional.empty();
    }
    double a = x.get(0);
    double b = x.get(1);
    return switch (operation.name()) {
      case "stablehlo.compare" ->
          ReducerBody.direction(operation).map(d -> compare(d, a, b) ? 1.0 : 0.0);
      case "stablehlo.and" -> Optional.of(a != 0 && b != 0 ? 1.0 : 0.0);
      case "stablehlo.or" -> Optional.of(a != 0 || b != 0 ? 1.0 : 0.0);
      case "stablehlo.maximum" -> Optional.of(Math.max(a, b));
      case "stablehlo.minimum" -> Optional.of(Math.min(a, b));
      default -> Optional.empty();
    };
  }

  /**
   * Whether numbers of both signs, and two of each, show what a body does with a constant: another
   * one than 0 could be a threshold that no number tried lies beyond.
   */
  private static boolean isNoThreshold(double constant) {
    return constant == 0 || !Double.isFinite(constant);
  }

  private static Optional<Double> constant(Operation operation) {
    if (!(operation.attribute("value").orElse(null) instanceof HloAttribute.Dense dense)
        || dense.data().count() != 1) {
      return Optional.empty();
    }
    return switch (dense.type().element()) {
      case HloElementType.FloatElement _ ->
          Optional.of(dense.data().getDouble(0)).filter(ScalarBody::isNoThreshold);
      case HloElementType.IntegerElement _, HloElementType.IndexElement _ ->
          Optional.of((double) dense.data().getLong(0)).filter(ScalarBody::isNoThreshold);
      case HloElementType.ComplexElement _, HloElementType.Quantized _, HloElementType.Opaque _ ->
          Optional.empty();
    };
  }

  private static boolean compare(String direction, double a, double b) {
    return switch (direction) {
      case "EQ" -> a == b;
      case "NE" -> a != b;
      case "GE" -> a >= b;
      case "GT" -> a > b;
      case "LE" -> a <= b;
      case "LT" -> a < b;
      default -> false;
    };
  }
}
