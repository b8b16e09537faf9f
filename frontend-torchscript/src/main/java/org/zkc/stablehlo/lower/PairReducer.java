package org.zkc.stablehlo.lower;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/**
 * Recognises reducers of pairs (value, index) by what they do: exporters write the same function in
 * many ways, with and without a test for numbers that are none. The body is run on all orders of
 * two values and two indices; a body of other operations, or of another behaviour, is none.
 */
final class PairReducer {
  /** A body of argmax has some ten operations. */
  private static final int MOST_OPERATIONS = 32;

  private PairReducer() {}

  static Optional<ReducerBody> of(Block body) {
    if (body.operations().size() > MOST_OPERATIONS) {
      return Optional.empty();
    }
    boolean maximum = true;
    boolean minimum = true;
    for (int left = 0; left < 3; left++) {
      for (int right = 0; right < 3; right++) {
        for (int order = 0; order < 2; order++) {
          int i = order;
          int j = 1 - order;
          Optional<List<Double>> result = run(body, List.of(left, i, right, j));
          maximum &= is(result, left, i, right, j, left > right);
          minimum &= is(result, left, i, right, j, left < right);
        }
      }
    }
    return maximum
        ? Optional.of(ReducerBody.ARGUMENT_OF_MAXIMUM)
        : minimum ? Optional.of(ReducerBody.ARGUMENT_OF_MINIMUM) : Optional.empty();
  }

  private static boolean is(
      Optional<List<Double>> result, int left, int i, int right, int j, boolean leftWins) {
    double value = leftWins ? left : right;
    double index = left == right ? Math.min(i, j) : leftWins ? i : j;
    return result.isPresent() && result.orElseThrow().equals(List.of(value, index));
  }

  private static Optional<List<Double>> run(Block body, List<Integer> arguments) {
    Map<HloValue, Double> values = new IdentityHashMap<>();
    for (int k = 0; k < arguments.size(); k++) {
      values.put(body.arguments().get(k), (double) arguments.get(k));
    }
    for (Operation operation : body.operations()) {
      List<Optional<Double>> operands =
          operation.operands().stream().map(v -> Optional.ofNullable(values.get(v))).toList();
      if (operands.stream().anyMatch(Optional::isEmpty)) {
        return Optional.empty();
      }
      List<Double> x = operands.stream().map(Optional::orElseThrow).toList();
      if (operation.name().equals("stablehlo.return")) {
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

  private static Optional<Double> evaluate(Operation operation, List<Double> x) {
    int count = x.size();
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
