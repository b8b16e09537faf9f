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
    return of(
        weights, weights.dtype() == DType.I64 ? new WideSlice(weights) : new NarrowSlice(weights));
  }

  /** The same of weights that are rounded when read; the observer sees each of them once. */
  static WeightSums ofRounded(IntegerWeights weights, IntegerWeights.RoundingObserver observer) {
    return of(weights, new RoundedSlice(weights, observer));
  }

  private static WeightSums of(IntegerWeights weights, Slice slice) {
    int channels = weights.channels();
    long size = weights.channelSize();
    long[] positive = new long[channels];
    long[] negative = new long[channels];
    Interval hull = null;
    for (int c = 0; c < channels && size > 0; c++) {
      slice.read(c);
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

    final void read(int channel) {
      least = Long.MAX_VALUE;
      greatest = Long.MIN_VALUE;
      positive = 0;
      negative = 0;
      add(channel);
    }

    abstract void add(int channel);

    /** Mantissas of 16 bits: {@link IntegerWeights#PART} of them sum up in 32 bits. */
    final void addShort(int[] part, int count) {
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

    /** Mantissas of 32 bits: fewer than 2^31 of them cannot overflow. */
    final void addInts(int[] part, int count) {
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

  private static final class RoundedSlice extends Slice {
    private final IntegerWeights.RoundingObserver observer;

    RoundedSlice(IntegerWeights weights, IntegerWeights.RoundingObserver observer) {
      super(weights);
      this.observer = observer;
    }

    @Override
    void add(int channel) {
      weights.forEachRounded(
          channel,
          (c, first, reals, mantissas, count) -> {
            observer.accept(c, first, reals, mantissas, count);
            addShort(mantissas, count);
          });
    }
  }

  private static final class WideSlice extends Slice {
    WideSlice(IntegerWeights weights) {
      super(weights);
    }

    @Override
    void add(int channel) {
      long size = weights.channelSize();
      for (long i = channel * size; i < (channel + 1) * size; i++) {
        long w = weights.mantissas().getLong(i);
        least = Math.min(least, w);
        greatest = Math.max(greatest, w);
        positive = Math.addExact(positive, Math.max(w, 0));
        negative = Math.subtractExact(negative, Math.min(w, 0));
      }
    }
  }

  private static final class NarrowSlice extends Slice {
    private final int[] part;
    private final boolean isShort;

    NarrowSlice(IntegerWeights weights) {
      super(weights);
      part = new int[(int) Math.min(IntegerWeights.PART, weights.channelSize())];
      isShort = weights.dtype() != DType.I32;
    }

    @Override
    void add(int channel) {
      long size = weights.channelSize();
      for (long first = 0; first < size; first += part.length) {
        int count = (int) Math.min(part.length, size - first);
        weights.copyMantissas(channel * size + first, part, 0, count);
        if (isShort) {
          addShort(part, count);
        } else {
          addInts(part, count);
        }
      }
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
