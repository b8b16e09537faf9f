package org.zkc.ir.integer;

import java.util.List;
import org.zkc.ir.Interval;
import org.zkc.ir.TensorData;

/**
 * Sums of the integers data << channelShifts over the slices along axis 0 (output channels): exactly what a convolution or
 * linear map can reach.
 *
 * @param elements the hull of single elements; the point 0 for an empty tensor
 * @param positive per channel, the sum of the positive elements
 * @param negative per channel, minus the sum of the negative elements
 */
public record WeightSums(Interval elements, long[] positive, long[] negative) {

  /** One pass over the data. */
  public static WeightSums of(TensorData data, List<Integer> channelShifts) {
    int channels = data.shape().rank() == 0 ? 1 : data.shape().extent(0);
    long row = channels == 0 ? 0 : data.elementCount() / channels;
    long[] positive = new long[channels];
    long[] negative = new long[channels];
    long least = row == 0 ? 0 : Long.MAX_VALUE;
    long greatest = row == 0 ? 0 : Long.MIN_VALUE;
    for (int c = 0; c < channels; c++) {
      long factor = channelShifts.isEmpty() ? 1 : 1L << channelShifts.get(c);
      for (long i = c * row; i < (c + 1) * row; i++) {
        long w = Math.multiplyExact(data.getLong(i), factor);
        least = Math.min(least, w);
        greatest = Math.max(greatest, w);
        if (w > 0) {
          positive[c] = Math.addExact(positive[c], w);
        } else {
          negative[c] = Math.subtractExact(negative[c], w);
        }
      }
    }
    return new WeightSums(new Interval(least, greatest), positive, negative);
  }

  /** The hull over channels of sum_i w_i x_i + bias, every x_i anywhere in {@code input}. */
  public Interval outputs(Interval input, long[] bias) {
    Interval hull = null;
    for (int c = 0; c < positive.length; c++) {
      Interval channel =
          input.times(positive[c]).plus(input.times(-negative[c])).plus(Interval.point(bias.length == 0 ? 0 : bias[c]));
      hull = hull == null ? channel : hull.hull(channel);
    }
    return hull == null ? Interval.point(0) : hull;
  }
}
