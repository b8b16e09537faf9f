package org.zkc.passes.integer;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.TensorData;

/**
 * Bounds on the integers of a parameter, over slices along axis 0 (output channels): what the interval of a convolution or
 * linear map needs, and what the circuit declares of a model tensor.
 *
 * @param elements the interval of single elements
 * @param positive largest sum of the positive elements of a slice
 * @param negative minus the smallest sum of the negative elements of a slice
 */
public record SignedSums(Interval elements, long positive, long negative) {

  /** One pass over the integers data << channelShifts. */
  public static SignedSums of(TensorData data, List<Integer> channelShifts) {
    int channels = data.shape().rank() == 0 ? 1 : data.shape().extent(0);
    long row = channels == 0 ? 0 : data.elementCount() / channels;
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    long positive = 0;
    long negative = 0;
    byte[] bytes = data.dtype() == DType.I8 ? data.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE) : null;
    for (int c = 0; c < channels; c++) {
      int shift = channelShifts.isEmpty() ? 0 : channelShifts.get(c);
      long up = 0;
      long down = 0;
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      for (long i = c * row; i < (c + 1) * row; i++) {
        long w = bytes == null ? data.getLong(i) : bytes[(int) i];
        up += Math.max(w, 0);
        down -= Math.min(w, 0);
        min = Math.min(min, w);
        max = Math.max(max, w);
      }
      positive = Math.max(positive, up << shift);
      negative = Math.max(negative, down << shift);
      if (row > 0) {
        least = Math.min(least, min << shift);
        greatest = Math.max(greatest, max << shift);
      }
    }
    return new SignedSums(least > greatest ? Interval.point(0) : new Interval(least, greatest), positive, negative);
  }
}
