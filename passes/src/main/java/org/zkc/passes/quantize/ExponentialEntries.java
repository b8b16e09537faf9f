package org.zkc.passes.quantize;

import java.util.Arrays;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/** The table of exponentials of how far integers are below the greatest of them. */
final class ExponentialEntries {
  private ExponentialEntries() {}

  /**
   * Entry 0 is the greatest that {@code output} allows, for the greatest integer itself; entry h is
   * exp(-x) for the middle x of the distances with h = distance >> shift. Entries behind the last
   * that differs are left out.
   *
   * @param unit the real number that one integer stands for
   * @param rows the entries that are looked up
   */
  static TensorData of(double unit, int shift, long rows, Quantum output) {
    long[] entries = new long[Math.toIntExact(rows)];
    entries[0] = output.high();
    int count = 1;
    double middle = ((1L << shift) - 1) / 2.0;
    for (int h = 1; h < rows && entries[count - 1] > output.low(); h++) {
      double units = output.units(StrictMath.exp(-unit * (Math.scalb((double) h, shift) + middle)));
      entries[h] = (long) Math.clamp(units, (double) output.low(), (double) output.high());
      count = h + 1;
    }
    return TensorData.ofLongs(DType.I32, Shape.of(count), Arrays.copyOf(entries, count));
  }
}
