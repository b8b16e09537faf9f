package org.zkc.passes.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;

/**
 * Turns real weights into integers: mantissa << channel shift, the mantissa in a byte (or two, for
 * more than 8 bits).
 */
final class WeightQuantizer {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private WeightQuantizer() {}

  /**
   * Per channel, mantissa = roundHalfEven(w * factor / 2^e), with the least e >= 0 that keeps every
   * |mantissa| below 2^(bits-1).
   */
  static IntegerWeights quantize(
      WeightStatistics statistics, Shape shape, double factor, int bits) {
    float[] weights = statistics.weights();
    int channels = statistics.channels();
    int row = statistics.fanIn();
    long limit = (1L << (bits - 1)) - 1;
    byte[] bytes = new byte[bits <= 8 ? weights.length : Math.multiplyExact(2, weights.length)];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    List<Integer> shifts = new ArrayList<>(channels);
    boolean shifted = false;
    for (int c = 0; c < channels; c++) {
      double units = statistics.greatest()[c] * factor;
      int e = 0;
      while (Math.rint(Math.scalb(units, -e)) > limit) {
        e++;
      }
      shifts.add(e);
      shifted |= e > 0;
      double scaled = Math.scalb(factor, -e);
      for (int i = c * row; i < (c + 1) * row; i++) {
        int mantissa = (int) Math.rint(weights[i] * scaled);
        if (bits <= 8) {
          bytes[i] = (byte) mantissa;
        } else {
          segment.setAtIndex(SHORT, i, (short) mantissa);
        }
      }
    }
    return IntegerWeights.of(
        new TensorData(bits <= 8 ? DType.I8 : DType.I16, shape, segment),
        shifted ? shifts : List.of());
  }
}
