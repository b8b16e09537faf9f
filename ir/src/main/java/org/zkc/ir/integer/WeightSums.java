package org.zkc.ir.integer;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Sums of {@link IntegerWeights} over the slices along axis 0 (output channels): exactly what a
 * convolution or linear map can reach. {@link IntegerWeights#sums()} gives them.
 *
 * @param elements the hull of single elements; the point 0 for an empty tensor
 * @param positive per channel, the sum of the positive elements
 * @param negative per channel, minus the sum of the negative elements
 * @param norms per channel, a bound on the 2-norm
 */
public record WeightSums(Interval elements, long[] positive, long[] negative, long[] norms) {
  /** Weights of a task. */
  private static final long TOGETHER = 1 << 16;

  /**
   * One pass over the weights.
   *
   * @throws ArithmeticException when a sum leaves 64 bits
   */
  static WeightSums of(IntegerWeights weights) {
    return of(
        weights,
        () -> weights.dtype() == DType.I64 ? new WideSlice(weights) : new NarrowSlice(weights),
        TaskRunner.CALLER);
  }

  /** The sums of weights that are rounded when read; the observer sees each weight once. */
  static WeightSums ofRounded(
      IntegerWeights weights, IntegerWeights.RoundingObserver observer, TaskRunner tasks) {
    return of(weights, () -> new RoundedSlice(weights, observer), tasks);
  }

  private static WeightSums of(IntegerWeights weights, Supplier<Slice> slices, TaskRunner tasks) {
    int channels = weights.channels();
    long size = weights.channelSize();
    if (size == 0 || channels == 0) {
      return new WeightSums(
          Interval.point(0), new long[channels], new long[channels], new long[channels]);
    }
    long[] positive = new long[channels];
    long[] negative = new long[channels];
    long[] norms = new long[channels];
    Interval[] elements = new Interval[channels];
    int together = (int) Math.clamp(TOGETHER / size, 1, channels);
    tasks.forEach(
        (channels + together - 1) / together,
        task -> {
          Slice slice = slices.get();
          for (int c = task * together; c < Math.min(channels, (task + 1) * together); c++) {
            slice.read(c);
            long factor = 1L << weights.shift(c);
            positive[c] = Math.multiplyExact(slice.positive, factor);
            negative[c] = Math.multiplyExact(slice.negative, factor);
            norms[c] = Math.multiplyExact(slice.norm(), factor);
            elements[c] = new Interval(slice.least, slice.greatest).times(factor);
          }
        });
    Interval hull = Arrays.stream(elements).reduce(Interval::hull).orElseThrow();
    return new WeightSums(hull, positive, negative, norms);
  }

  /** Sums over the mantissas of one channel. */
  private abstract static class Slice {
    final IntegerWeights weights;
    long least;
    long greatest;
    long positive;
    long negative;

    /** The sum of squares; -1 where that is not known. */
    long squares;

    Slice(IntegerWeights weights) {
      this.weights = weights;
    }

    final void read(int channel) {
      least = Long.MAX_VALUE;
      greatest = Long.MIN_VALUE;
      positive = 0;
      negative = 0;
      squares = 0;
      add(channel);
    }

    /** The 2-norm rounded up, or the sum of magnitudes, which is no less. */
    final long norm() {
      if (squares < 0) {
        return Math.addExact(positive, negative);
      }
      long root = (long) Math.sqrt((double) squares);
      while (root * root < squares) {
        root++;
      }
      return root;
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
      // Fewer than 2^33 squares below 2^30.
      long more = 0;
      for (int i = 0; i < count; i++) {
        more += (long) part[i] * part[i];
      }
      squares += more;
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
      squares = -1;
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
      squares = -1;
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
    return outputs(input, OptionalLong.empty(), bias);
  }

  /**
   * The same where the 2-norm of all x_i together is bounded as well.
   *
   * @param line the bound
   */
  public Interval outputs(Interval input, OptionalLong line, long[] bias) {
    Interval hull = null;
    for (int c = 0; c < positive.length; c++) {
      Interval sums = input.times(positive[c]).plus(input.times(-negative[c]));
      Interval channel =
          LineNorms.within(sums, line, norms[c])
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

  /** The largest bound on the 2-norm of a channel. */
  public long mostNorm() {
    return greatest(norms);
  }

  private static long greatest(long[] sums) {
    long most = 0;
    for (long s : sums) {
      most = Math.max(most, s);
    }
    return most;
  }
}
