package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloValue;

/**
 * Recognises reducers of pairs (value, index) by their behaviour: exporters write the same function
 * in many ways, with and without a test for NaN. The body is run on all orders of two values and
 * two indices; a body with other operations, or with another behaviour, is not such a reducer.
 */
final class PairReducer {
  private PairReducer() {}

  static Optional<ReducerBody> of(Block body, Map<HloValue, Double> outer) {
    boolean maximum = true;
    boolean minimum = true;
    for (int left = -2; left <= 2; left++) {
      for (int right = -2; right <= 2; right++) {
        for (int order = 0; order < 4; order++) {
          // Two indices, of which one may be 0, in both orders.
          int i = order / 2 + order % 2;
          int j = order / 2 + 1 - order % 2;
          Optional<List<Double>> result =
              ScalarBody.run(
                  body, outer, List.of((double) left, (double) i, (double) right, (double) j));
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
}
