package org.zkc.ir.integer;

import org.zkc.ir.DType;
import org.zkc.ir.Interval;

/**
 * Sums of {@link IntegerWeights} over the slices along axis 0 (output channels): exactly what a
 * convolution or linear map can reach. {@link IntegerWeights#sums()} gives them.
 *
 * @param elements the hull of single elements; the point 0 for an empty tensor
 * @param positive per channel, the sum of the positive elements
 * @param negative per channel, minus the sum of the negative elements
 */
public record WeightSums(Interval elements, long[] positive, long[] negative) {

  /**
   * One pass over the weights.
   *
   * @throws ArithmeticException when a sum leaves 64 bits
   */
  static WeightSums of(IntegerWeights weights) {
    int channels = weights.channels();
    long size = weights.channelSize();
    long[] positive = new long[channels];
    long[] negative = new long[channels];
    Slice slice = weights.dtype() == DType.I64 ? new WideSlice(weights) : new NarrowSlice(weights);
    Interval hull = null;
    for (int c = 0; c < channels && size > 0; c++) {
      slice.read(c * size, (c + 1) * size);
      long factor = 1L << weights.shift(c);
      positive[c] = Math.multiplyExact(slice.positive, factor);
      negative[c] = Math.multiplyExact(slice.negative, factor);
      Interval elements = new Interval(slice.least, slice.greatest).times(factor);
      hull = hull == null ? elements : hull.hull(elements);
    }
    return new WeightSums(hull == null ? Interval.point(0) : hull, positive, negative);
  }

  /** Sums over the mantissas of one channel. */
  private abstract static class Slice {
    final IntegerWeights weights;
    long least;
    long greatest;
    long positive;
    long negative;

    Slice(IntegerWeights weights) {
      this.weights = weights;
    }

    final void read(long from, long to) {
      least = Long.MAX_VALUE;
      greatest = Long.MIN_VALUE;
      positive = 0;
      negative = 0;
      add(from, to);
    }

    abstract void add(long from, long to);
  }

  private static final class WideSlice extends Slice {
    WideSlice(IntegerWeights weights) {
      super(weights);
    }

    @Override
    void add(long from, long to) {
      for (long i = from; i < to; i++) {
        long w = weights.mantissas().getLong(i);
        least = Math.min(least, w);
        greatest = Math.max(greatest, w);
        positive = Math.addExact(positive, Math.max(w, 0));
        negative = Math.subtractExact(negative, Math.min(w, 0));
      }
    }
  }

  /** Mantissas of 32 bits: fewer than 2^32 of them cannot overflow. */
  private static final class NarrowSlice extends Slice {
    private final int[] part;
    private final boolean isShort;

    NarrowSlice(IntegerWeights weights) {
      super(weights);
      part = new int[(int) Math.min(IntegerWeights.PART, weights.channelSize())];
      isShort = weights.dtype() != DType.I32;
    }

    @Override
    void add(long from, long to) {
      for (long at = from; at < to; at += part.length) {
        int count = (int) Math.min(part.length, to - at);
        weights.copyMantissas(at, part, 0, count);
        if (isShort) {
          addShort(count);
        } else {
          addLong(count);
        }
      }
    }

    /** Mantissas of 16 bits: {@link IntegerWeights#PART} of them sum up in 32 bits. */
    private void addShort(int count) {
      int low = Integer.MAX_VALUE;
      int high = Integer.MIN_VALUE;
      int up = 0;
      int sum = 0;
      for (int i = 0; i < count; i++) {
        int w = part[i];
        low = Math.min(low, w);
        high = Math.max(high, w);
        up += Math.max(w, 0);
        sum += w;
      }
      join(low, high, up, sum);
    }

    private void addLong(int count) {
      int low = Integer.MAX_VALUE;
      int high = Integer.MIN_VALUE;
      long up = 0;
      long sum = 0;
      for (int i = 0; i < count; i++) {
        int w = part[i];
        low = Math.min(low, w);
        high = Math.max(high, w);
        up += Math.max(w, 0);
        sum += w;
      }
      join(low, high, up, sum);
    }

    private void join(int low, int high, long up, long sum) {
      least = Math.min(least, low);
      greatest = Math.max(greatest, high);
      positive += up;
      negative += up - sum;
    }
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

  /** The largest sum of positive elements of a channel. */
  public long mostPositive() {
    return greatest(positive);
  }

  /** The largest magnitude of a sum of negative elements of a channel. */
  public long mostNegative() {
    return greatest(negative);
  }

  private static long greatest(long[] sums) {
    long most = 0;
    for (long s : sums) {
      most = Math.max(most, s);
    }
    return most;
  }
}
