package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Turns real weights into integers: mantissa << channel shift, the mantissa in a byte (or two, for
 * more than 8 bits).
 */
final class WeightQuantizer {
  private WeightQuantizer() {}

  /**
   * Per channel, mantissa = roundHalfEven(w * factor / 2^e), with the least e >= 0 that keeps every
   * |mantissa| below 2^(bits-1). One pass over the weights.
   *
   * @param observer gives, for the shifts, what sees each weight and its mantissa
   */
  static IntegerWeights quantize(
      TensorData reals,
      WeightStatistics statistics,
      double factor,
      int bits,
      Function<List<Integer>, IntegerWeights.RoundingObserver> observer,
      TaskRunner tasks) {
    List<Integer> shifts = new ArrayList<>(statistics.channels());
    boolean shifted = false;
    for (double greatest : statistics.greatest()) {
      int e = shift(greatest * factor, bits);
      shifts.add(e);
      shifted |= e > 0;
    }
    return IntegerWeights.rounded(
        reals,
        factor,
        bits <= 8 ? DType.I8 : DType.I16,
        shifted ? shifts : List.of(),
        observer.apply(shifts),
        tasks);
  }

  /** The least e >= 0 with which a mantissa of that many bits holds {@code units} 2^-e. */
  static int shift(double units, int bits) {
    long limit = (1L << (bits - 1)) - 1;
    int e = 0;
    while (Math.rint(Math.scalb(units, -e)) > limit) {
      e++;
    }
    return e;
  }
}
