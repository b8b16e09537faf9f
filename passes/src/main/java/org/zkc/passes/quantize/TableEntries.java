package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * A real function as a table of integers: entry k stands for input first + k, and inputs beyond the
 * ends read the ends.
 *
 * @param data i32, rank 1
 */
record TableEntries(long first, TensorData data) {

  /**
   * entries[k] = clamp(roundHalfEven(f((first + k) inputScale) / outputScale), low, high) for
   * inputs from {@code first} to {@code last}, without the runs of equal entries at both ends that
   * saturation gives anyway.
   */
  static TableEntries of(
      DoubleUnaryOperator f, double inputScale, long first, long last, Quantum output) {
    long[] entries = new long[Math.toIntExact(last - first + 1)];
    for (int k = 0; k < entries.length; k++) {
      double units = output.units(f.applyAsDouble((first + k) * inputScale));
      entries[k] = (long) Math.clamp(units, (double) output.low(), (double) output.high());
    }
    int from = 0;
    int to = entries.length - 1;
    while (from < to && entries[from] == entries[from + 1]) {
      from++;
    }
    while (to > from && entries[to] == entries[to - 1]) {
      to--;
    }
    long[] kept = Arrays.copyOfRange(entries, from, to + 1);
    return new TableEntries(
        first + from, TensorData.ofLongs(DType.I32, Shape.of(kept.length), kept));
  }
}
