package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.Interval;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.passes.integer.IntegerBuilder;

/** Maxima and means over windows. */
final class PoolLowering {
  /** Relative error of a mean that its integer factors may cost. */
  private static final double LARGEST_MEAN_ERROR = Math.scalb(1.0, -10);

  /** Integers of this magnitude are not narrowed further for the sake of a mean's factors. */
  private static final long FEWEST_SUMMED = 1 << 7;

  private final IntegerValues values;

  PoolLowering(IntegerValues values) {
    this.values = values;
  }

  /** Maxima along one axis after the other. */
  Value maxPool(MaxPool op) {
    return maxima(op, values.narrow(op.input(), IntegerValues.NARROW));
  }

  /** The maxima of the integers that stand for the op's operand. */
  Value maxima(MaxPool op, Value integers) {
    Value x = integers;
    int axes = op.kernel().size();
    for (int k = axes - 1; k >= 0; k--) {
      int axis = op.input().shape().rank() - axes + k;
      int positions = op.result().shape().extent(axis);
      x =
          values
              .out()
              .windowMax(
                  x,
                  axis,
                  positions,
                  op.kernel().get(k),
                  op.strides().get(k),
                  op.dilations().get(k),
                  op.paddingLow().get(k));
    }
    return x;
  }

  /**
   * The exact sum. The division is in the scale, and in integer factors where the divisors differ.
   * Integers are narrowed where wide ones leave no room for precise factors: in the mean of many
   * integers their rounding errors cancel.
   */
  Value windowMean(WindowMean op) {
    Value x = values.narrow(op.input(), IntegerValues.CONSUMABLE);
    Optional<MeanFactors> found = meanFactors(op, x);
    if (isImprecise(found) && !values.analysis().isConstant(op.input())) {
      x = values.atClassScale(op.input());
      found = meanFactors(op, x);
    }
    while (isImprecise(found) && IntegerBuilder.interval(x).magnitude() > FEWEST_SUMMED) {
      Interval half = IntegerBuilder.interval(x).shiftRounded(1);
      x = values.out().requantize(x, 1, half.low(), half.high());
      found = meanFactors(op, x);
    }
    if (isImprecise(found)) {
      throw tooWide(op);
    }
    MeanFactors mean = found.orElseThrow();
    return values
        .out()
        .windowSum(
            x,
            op.axis(),
            op.starts(),
            op.lengths(),
            mean.factors(),
            x.integerType().scale() / mean.unit());
  }

  private static UserException tooWide(WindowMean op) {
    int least = op.divisors().stream().min(Integer::compare).orElse(0);
    int most = op.divisors().stream().max(Integer::compare).orElse(0);
    if (least == most) {
      return new UserException(
          op.location(),
          "sums of %d elements do not fit the 31-bit field; add them up in two steps"
              .formatted(op.lengths().stream().max(Integer::compare).orElse(0)));
    }
    return new UserException(
        op.location(),
        "the windows of this mean have sizes from %d to %d, which no integer factors in the 31-bit field tell apart precisely; pool in two steps, or over windows of equal size"
            .formatted(least, most));
  }

  private static Optional<MeanFactors> meanFactors(WindowMean op, Value x) {
    return MeanFactors.of(op.divisors(), op.lengths(), IntegerBuilder.interval(x).magnitude());
  }

  private static boolean isImprecise(Optional<MeanFactors> factors) {
    return factors.isEmpty() || factors.get().error() > LARGEST_MEAN_ERROR;
  }
}
