package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/**
 * Variances that a program computes as mean x^2 - (mean x)^2, as Flax does by default. The integers
 * of the two squares would cancel; the mean of (x - mean x)^2 has their digits.
 */
final class VariancePattern {
  private VariancePattern() {}

  /** The variance that a difference is; empty for others. */
  static Optional<Held> of(HloCall subtract) {
    return reduction(subtract)
        .map(r -> {
          List<Long> dimensions = r.integers("dimensions");
          Binding x = squared(r, r.operand(0)).orElseThrow();
          Binding centred = subtract.aten("sub", x, subtract.aten("mean", x, dimensions, true));
          Binding variance =
              subtract.aten("mean", subtract.aten("mul", centred, centred), dimensions, false);
          List<Long> extents = subtract.operand(0).extents();
          boolean same = r.resultType(0).extents().equals(extents);
          return subtract.result(
              same ? variance : subtract.aten("reshape", variance, extents), extents);
        });
  }

  /** Whether a value is a variance, which is never negative. */
  static boolean isVariance(HloCall call, Held value) {
    return call.definition(value)
        .filter(s -> s.isOf("stablehlo.subtract"))
        .flatMap(VariancePattern::reduction)
        .isPresent();
  }

  /** The sum of squares under mean x^2 - (mean x)^2. */
  private static Optional<HloCall> reduction(HloCall subtract) {
    Optional<HloCall> squares = mean(subtract, subtract.operand(0));
    if (squares.isEmpty() || !subtract.operand(0).extents().equals(subtract.operand(1).extents())) {
      return Optional.empty();
    }
    HloCall reduce = squares.orElseThrow();
    Optional<Binding> x = squared(reduce, reduce.operand(0));
    return subtract
        .definition(subtract.operand(1))
        .filter(m -> isSquare(m))
        .flatMap(m -> mean(m, m.operand(0)))
        .filter(r ->
            x.isPresent()
                && r.operand(0).binding() == x.orElseThrow()
                && r.integers("dimensions").equals(reduce.integers("dimensions")))
        .map(_ -> reduce);
  }

  private static Optional<HloCall> mean(HloCall call, Held value) {
    return call.definition(SoftmaxPattern.unplaced(call, value))
        .filter(d -> d.isOf("stablehlo.divide") || d.isOf("stablehlo.multiply"))
        .flatMap(d -> MeanPattern.reduction(d, d.isOf("stablehlo.divide")));
  }

  private static Optional<Binding> squared(HloCall call, Held value) {
    return call.definition(value)
        .filter(m -> isSquare(m) && m.operand(0).isWhole())
        .map(m -> m.operand(0).binding());
  }

  private static boolean isSquare(HloCall call) {
    return call.isOf("chlo.square")
        || call.isOf("stablehlo.multiply")
            && call.operand(0).binding() == call.operand(1).binding();
  }
}
