package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/** Means, which exporters write as sums that are divided by the number of their terms. */
final class MeanPattern {
  private MeanPattern() {}

  /** The mean that a quotient or a product with a number is; empty for others. */
  static Optional<Held> of(HloCall call, boolean divides) {
    Held sum = call.operand(0);
    Optional<Double> number = Elementwise.real(call, 1);
    Optional<HloCall> reduction =
        number.isEmpty()
            ? Optional.empty()
            : call.definition(SoftmaxPattern.unplaced(call, sum))
                .filter(r -> SoftmaxPattern.isFold(r, ReducerBody.SUM));
    if (reduction.isEmpty()) {
      return Optional.empty();
    }
    HloCall reduce = reduction.orElseThrow();
    List<Long> dimensions = reduce.integers("dimensions");
    long count =
        dimensions.stream()
            .map(d -> reduce.type(0).extents().get(Math.toIntExact(d)))
            .reduce(1L, Math::multiplyExact);
    double expected = divides ? count : (double) (float) (1.0 / count);
    if (count == 0 || number.orElseThrow() != expected) {
      return Optional.empty();
    }
    Binding mean = call.aten("mean", reduce.whole(0), dimensions, false);
    boolean same = reduce.resultType(0).extents().equals(sum.extents());
    return Optional.of(
        call.result(same ? mean : call.aten("reshape", mean, sum.extents()), sum.extents()));
  }
}
