package org.zkc.passes.torch;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;

/**
 * Real numbers rounded to whole ones. A quotient of integers by an integer, written as one of real
 * numbers, is rounded among the integers: the product with a rounded reciprocal may lie below the
 * whole number that the quotient is.
 */
final class WholeNumbers {
  /** Quotients of greater integers are not exact in single precision either. */
  private static final long MOST_DIVISOR = 1 << 24;

  private WholeNumbers() {}

  /** The function, floor or one of its kin, of real numbers. */
  static Value rounded(TensorEmitter emit, Value x, ScalarFunction function) {
    if (function == ScalarFunction.FLOOR || function == ScalarFunction.TRUNC) {
      Optional<Value> quotient =
          quotient(
              emit,
              x,
              function == ScalarFunction.FLOOR
                  ? DivisionPart.FLOOR_QUOTIENT
                  : DivisionPart.TRUNCATED_QUOTIENT);
      if (quotient.isPresent()) {
        return emit.cast(quotient.get(), DType.F32);
      }
    }
    if (function == ScalarFunction.ROUND) {
      return emit.pointwise(nearest(emit, x).orElse(x), function);
    }
    return emit.pointwise(x, function);
  }

  /**
   * A number that the quotient a / d of integers rounds like, in halves: half of floor((2 a + d) /
   * (2 d)) + ceil((2 a - d) / (2 d)), both the nearest whole number, or its two neighbours where it
   * is a half. Empty for powers of two, by which products are exact.
   */
  private static Optional<Value> nearest(TensorEmitter emit, Value x) {
    return whole(emit, x)
        .filter(w -> Long.bitCount(Math.abs(w.divisor)) > 1)
        .map(w -> {
          Value twice = emit.multiply(emit.cast(w.left, DType.I64), integer(emit, 2));
          Value by = integer(emit, 2 * w.divisor);
          Value own = integer(emit, w.divisor);
          Value up = emit.divideIntegers(emit.add(twice, own), by, DivisionPart.FLOOR_QUOTIENT);
          Value down =
              emit.divideIntegers(emit.subtract(own, twice), by, DivisionPart.FLOOR_QUOTIENT);
          Value both = emit.cast(emit.subtract(up, down), DType.F32);
          return emit.broadcast(emit.multiply(both, emit.scalar(0.5)), x.shape());
        });
  }

  private static Value integer(TensorEmitter emit, long value) {
    return emit.integers(HostTensors.cast(HostTensors.scalar(value), DType.I64), "");
  }

  /** Integers over a whole number, as a quotient of real numbers. */
  private record Whole(Value left, long divisor) {}

  /** Real numbers as integers towards zero. */
  static Value integers(TensorEmitter emit, Value x, DType dtype) {
    return emit.cast(
        quotient(emit, x, DivisionPart.TRUNCATED_QUOTIENT)
            .orElseGet(() -> emit.pointwise(x, ScalarFunction.TRUNC)),
        dtype);
  }

  private static Optional<Value> quotient(TensorEmitter emit, Value x, DivisionPart part) {
    return whole(emit, x)
        .map(w -> {
          Value left = emit.cast(w.left, DType.I64);
          Value right = integer(emit, w.divisor);
          return emit.broadcast(emit.divideIntegers(left, right, part), x.shape());
        });
  }

  private static Optional<Whole> whole(TensorEmitter emit, Value x) {
    if (!(emit.definition(x).orElse(null) instanceof Divide d)
        || !(emit.definition(d.left()).orElse(null) instanceof Cast whole)
        || whole.input().tensorType().dtype() == DType.I1) {
      return Optional.empty();
    }
    return divisor(emit, d.right()).map(divisor -> new Whole(whole.input(), divisor));
  }

  /** The whole number other than 0 that all elements of a constant are. */
  private static Optional<Long> divisor(TensorEmitter emit, Value value) {
    TensorOp op = emit.definition(value).orElse(null);
    if (op instanceof Broadcast b) {
      return divisor(emit, b.input());
    }
    Optional<TensorData> data = emit.known(value).map(c -> c.data());
    if (data.isEmpty() || data.get().elementCount() != 1) {
      return Optional.empty();
    }
    double number = data.get().getDouble(0);
    return number == Math.rint(number) && number != 0 && Math.abs(number) < MOST_DIVISOR
        ? Optional.of((long) number)
        : Optional.empty();
  }
}
