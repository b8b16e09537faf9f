package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Functions that jump: floor, ceil, round, trunc and sign. Next to a step the result is as good as
 * the input is precise, so the input is read from its accumulator, in units of 2^-k. A table of the
 * results and the limbs of a remainder of k bits give floor, ceil, round and trunc; two comparisons
 * give the sign. Rounding towards zero is floor, for negative numbers after adding 1 - 2^-k.
 * Rounding to the nearest whole number takes halves to the even one, as PyTorch does, where the
 * number is made of inputs and integers exactly. Elsewhere a half is a matter of chance and goes
 * up. Integers that are already in units of 1 stay unchanged.
 */
final class StepLowering {
  /** The most results that get a table of their own. */
  private static final int MOST_RESULTS = 1 << 14;

  /** The most results that become integers, for which there is no other lowering. */
  private static final int MOST_INTEGERS = 1 << 17;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final ComparisonLowering comparisons;

  StepLowering(IntegerValues values, Accumulators accumulators) {
    this.values = values;
    this.accumulators = accumulators;
    this.comparisons = new ComparisonLowering(values);
  }

  /** Whether the function is constant but for steps that this lowering finds. */
  static boolean isStep(Pointwise op) {
    return op.function() == ScalarFunction.SIGN
        || op.function() == ScalarFunction.FLOOR
        || op.function() == ScalarFunction.CEIL
        || op.function() == ScalarFunction.ROUND
        || op.function() == ScalarFunction.TRUNC;
  }

  /** Whether the function rounds to whole numbers. */
  static boolean isRounding(Pointwise op) {
    return isStep(op) && op.function() != ScalarFunction.SIGN;
  }

  /** The function's results, in units of 1; empty where there is no room for them. */
  Optional<Value> of(Pointwise op) {
    if (op.function() != ScalarFunction.SIGN
        && !values.analysis().isDeferred(op.input())
        && values.exactly(op.input()).integerType().isOfScale(1)) {
      return Optional.of(values.exactly(op.input()));
    }
    Optional<Value> integers = accumulators.binary(op.input());
    if (integers.isEmpty()) {
      return Optional.empty();
    }
    Value x = integers.get();
    if (op.function() == ScalarFunction.SIGN) {
      return Optional.of(
          values
              .out()
              .subtract(comparisons.of(x, Comparison.GREATER), comparisons.of(x, Comparison.LESS)));
    }
    int shift = -Math.getExponent(x.integerType().scale());
    // Requantisation gives floor((x + half) / 2^shift).
    long half = 1L << (shift - 1);
    if (op.function() == ScalarFunction.ROUND && isExact(op.input())) {
      return halvesToEven(x, shift);
    }
    long moved =
        switch (op.function()) {
          case ScalarFunction f when f == ScalarFunction.FLOOR -> -half;
          case ScalarFunction f when f == ScalarFunction.CEIL -> half - 1;
          case ScalarFunction f when f == ScalarFunction.TRUNC -> {
            x = upwards(x, 2 * half - 1);
            yield -half;
          }
          default -> 0;
        };
    Value nudged = comparisons.plus(x, moved);
    Interval results = IntegerBuilder.interval(nudged).shiftRounded(shift);
    boolean becomeIntegers =
        values.analysis().uses().users(op.result()).stream().anyMatch(Cast.class::isInstance);
    return results.size() <= (becomeIntegers ? MOST_INTEGERS : MOST_RESULTS)
        ? Optional.of(values.out().requantize(nudged, shift, results.low(), results.high()))
        : Optional.empty();
  }

  /**
   * The even one of both neighbours of a half: half of floor(x + 1/2) + ceil(x - 1/2), rounded to
   * the even number. Where x is no half both are the nearest.
   */
  private Optional<Value> halvesToEven(Value x, int shift) {
    Interval results = IntegerBuilder.interval(x).shiftRounded(shift);
    if (results.size() > MOST_RESULTS) {
      return Optional.empty();
    }
    IntegerBuilder out = values.out();
    Value up = out.requantize(x, shift, results.low(), results.high());
    Value below = comparisons.plus(x, -1);
    Interval lower = IntegerBuilder.interval(below).shiftRounded(shift);
    Value down = out.requantize(below, shift, lower.low(), lower.high());
    long first = results.low() + lower.low();
    long[] entries = new long[Math.toIntExact(results.high() + lower.high() - first + 1)];
    for (int k = 0; k < entries.length; k++) {
      entries[k] = (long) Math.rint((first + k) / 2.0);
    }
    TensorData table = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    return Optional.of(out.table(out.add(up, down), first, table, 1));
  }

  /** Whether a value is made of inputs by sums, numbers and views alone. */
  private boolean isExact(Value value) {
    TensorAnalysis analysis = values.analysis();
    if (analysis.isConstant(value) || values.isInput(value)) {
      return true;
    }
    return switch (analysis.definition(value)) {
      case Add a -> isExact(a.left()) && isExact(a.right());
      case Subtract s -> isExact(s.left()) && isExact(s.right());
      case Cast c -> c.input().tensorType().dtype() != DType.F32 || isExact(c.input());
      case UnaryView v -> isExact(v.input());
      case TensorOp op when analysis.scaled(op).isPresent() ->
          isExact(analysis.scaled(op).get().input());
      default -> false;
    };
  }

  /** The integers, and more where they are negative. */
  private Value upwards(Value x, long more) {
    if (IntegerBuilder.interval(x).low() >= 0) {
      return x;
    }
    IntegerBuilder out = values.out();
    double unit = x.integerType().scale();
    return out.add(x, out.scale(comparisons.of(x, Comparison.LESS), more, unit));
  }
}
