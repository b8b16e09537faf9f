package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/** Means, which exporters write as sums that are divided by the number of their terms. */
final class MeanPattern {
  private MeanPattern() {}

  /** The mean that a quotient or a product with a number is; empty for others. */
  static Optional<Held> of(HloCall call, boolean divides) {
    return reduction(call, divides)
        .map(reduce -> {
          Binding mean = call.aten("mean", reduce.whole(0), reduce.integers("dimensions"), false);
          List<Long> extents = call.operand(0).extents();
          boolean same = reduce.resultType(0).extents().equals(extents);
          return call.result(same ? mean : call.aten("reshape", mean, extents), extents);
        });
  }

  /** The sum under a mean; empty for other quotients and products. */
  static Optional<HloCall> reduction(HloCall call, boolean divides) {
    Optional<Double> number = Elementwise.real(call, 1);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    return call.definition(SoftmaxPattern.unplaced(call, call.operand(0)))
        .filter(r -> SoftmaxPattern.isFold(r, ReducerBody.SUM))
        .filter(r -> {
          long count =
              r.integers("dimensions").stream()
                  .map(d -> r.type(0).extents().get(Math.toIntExact(d)))
                  .reduce(1L, Math::multiplyExact);
          double expected = divides ? count : (double) (float) (1.0 / count);
          return count > 0 && number.orElseThrow() == expected;
        });
  }
}
