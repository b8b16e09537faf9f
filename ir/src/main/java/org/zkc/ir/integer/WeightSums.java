package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.TensorData;

/**
 * Sums of the integers data << channelShifts over the slices along axis 0 (output channels):
 * exactly what a convolution or linear map can reach.
 *
 * @param elements the hull of single elements; the point 0 for an empty tensor
 * @param positive per channel, the sum of the positive elements
 * @param negative per channel, minus the sum of the negative elements
 */
public record WeightSums(Interval elements, long[] positive, long[] negative) {

  /** One slice before its shift. */
  private record Slice(long least, long greatest, long positive, long negative) {

    /** Fewer than 2^31 integers of 32 bits: their sums cannot overflow. */
    static Slice of(int[] elements) {
      int least = Integer.MAX_VALUE;
      int greatest = Integer.MIN_VALUE;
      long positive = 0;
      long sum = 0;
      for (int w : elements) {
        least = Math.min(least, w);
        greatest = Math.max(greatest, w);
        positive += Math.max(w, 0);
        sum += w;
      }
      return new Slice(least, greatest, positive, positive - sum);
    }

    static Slice of(TensorData data, long from, long to) {
      long least = Long.MAX_VALUE;
      long greatest = Long.MIN_VALUE;
      long positive = 0;
      long negative = 0;
      for (long i = from; i < to; i++) {
        long w = data.getLong(i);
        least = Math.min(least, w);
        greatest = Math.max(greatest, w);
        positive = Math.addExact(positive, Math.max(w, 0));
        negative = Math.subtractExact(negative, Math.min(w, 0));
      }
      return new Slice(least, greatest, positive, negative);
    }
  }

  /**
   * One pass over the data.
   *
   * @throws ArithmeticException when a sum leaves 64 bits
   */
  public static WeightSums of(TensorData data, List<Integer> channelShifts) {
    int channels = data.shape().rank() == 0 ? 1 : data.shape().extent(0);
    long row = channels == 0 ? 0 : data.elementCount() / channels;
    long[] positive = new long[channels];
    long[] negative = new long[channels];
    boolean narrow = data.dtype() == DType.I8 || data.dtype() == DType.I16;
    int[] buffer = new int[narrow ? Math.toIntExact(row) : 0];
    Interval hull = null;
    for (int c = 0; c < channels && row > 0; c++) {
      long from = c * row;
      Slice slice;
      if (narrow) {
        data.copyInts(from, buffer, buffer.length);
        slice = Slice.of(buffer);
      } else {
        slice = Slice.of(data, from, from + row);
      }
      long factor = channelShifts.isEmpty() ? 1 : 1L << channelShifts.get(c);
      positive[c] = Math.multiplyExact(slice.positive(), factor);
      negative[c] = Math.multiplyExact(slice.negative(), factor);
      Interval elements = new Interval(slice.least(), slice.greatest()).times(factor);
      hull = hull == null ? elements : hull.hull(elements);
    }
    return new WeightSums(hull == null ? Interval.point(0) : hull, positive, negative);
  }

  /** The hull over channels of sum_i w_i x_i + bias, every x_i anywhere in {@code input}. */
  public Interval outputs(Interval input, long[] bias) {
    Interval hull = null;
    for (int c = 0; c < positive.length; c++) {
      Interval channel =
          input
              .times(positive[c])
              .plus(input.times(-negative[c]))
              .plus(Interval.point(bias.length == 0 ? 0 : bias[c]));
      hull = hull == null ? channel : hull.hull(channel);
    }
    return hull == null ? Interval.point(0) : hull;
  }
}
