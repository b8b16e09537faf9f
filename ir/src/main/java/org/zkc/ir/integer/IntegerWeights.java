package org.zkc.ir.integer;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Integers of the model, row-major: element = mantissa << channelShifts[index on axis 0].
 * Immutable. Two are equal when shape, type of mantissas, shifts and mantissas are.
 */
public final class IntegerWeights {
  private static final int LARGEST_SHIFT = 30;

  /** Mantissas that are compared, hashed or summed at a time. */
  static final int PART = 1 << 14;

  private static final int HASHED = 64;

  private final TensorData mantissas;
  private final List<Integer> channelShifts;
  private @Nullable WeightSums sums;

  private IntegerWeights(TensorData mantissas, List<Integer> channelShifts) {
    this.mantissas = mantissas;
    this.channelShifts = channelShifts;
  }

  /**
   * Weights whose mantissas are stored.
   *
   * @param channelShifts one in [0, 30] for each index on axis 0, or an empty list for no shifts
   * @throws IllegalArgumentException when the mantissas are no integers or the shifts do not fit
   */
  public static IntegerWeights of(TensorData mantissas, List<Integer> channelShifts) {
    if (mantissas.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "the weights must be integers, they are " + mantissas.dtype().text());
    }
    return new IntegerWeights(mantissas, checked(mantissas.shape(), channelShifts));
  }

  /** Stored weights without shifts. */
  public static IntegerWeights of(TensorData mantissas) {
    return of(mantissas, List.of());
  }

  private static List<Integer> checked(Shape shape, List<Integer> channelShifts) {
    if (!channelShifts.isEmpty()
        && (shape.rank() == 0 || channelShifts.size() != shape.extent(0))) {
      throw new IllegalArgumentException(
          "%d channel shifts do not fit the shape %s".formatted(channelShifts.size(), shape));
    }
    for (int shift : channelShifts) {
      if (shift < 0 || shift > LARGEST_SHIFT) {
        throw new IllegalArgumentException(
            "a shift must lie in [0, %d], got %d".formatted(LARGEST_SHIFT, shift));
      }
    }
    return List.copyOf(channelShifts);
  }

  public Shape shape() {
    return mantissas.shape();
  }

  public long elementCount() {
    return shape().elementCount();
  }

  /** The type of the mantissas. */
  public DType dtype() {
    return mantissas.dtype();
  }

  /** One shift for each index on axis 0; empty where nothing is shifted. */
  public List<Integer> channelShifts() {
    return channelShifts;
  }

  /** Extent of axis 0; 1 for a scalar. */
  public int channels() {
    return shape().rank() == 0 ? 1 : shape().extent(0);
  }

  /** Elements of a channel; 0 where there are no channels. */
  public long channelSize() {
    return channels() == 0 ? 0 : elementCount() / channels();
  }

  public int shift(int channel) {
    return channelShifts.isEmpty() ? 0 : channelShifts.get(channel);
  }

  /** The mantissas where they are stored. */
  public TensorData mantissas() {
    return mantissas;
  }

  /**
   * {@code out[at + i]} = mantissa {@code first + i} for i < count.
   *
   * @throws ArithmeticException when one does not fit 32 bits
   */
  public void copyMantissas(long first, int[] out, int at, int count) {
    mantissas.copyInts(first, out, at, count);
  }

  /**
   * {@code out[at + i]} = element {@code first + i} for i < count, shifts applied.
   *
   * @throws ArithmeticException when a mantissa does not fit 32 bits
   */
  public void copyElements(long first, int[] out, int at, int count) {
    copyMantissas(first, out, at, count);
    if (channelShifts.isEmpty()) {
      return;
    }
    long size = channelSize();
    for (int from = 0; from < count; ) {
      long channel = (first + from) / size;
      int end = (int) Math.min(count, (channel + 1) * size - first);
      int shift = channelShifts.get((int) channel);
      for (int i = at + from; i < at + end; i++) {
        out[i] <<= shift;
      }
      from = end;
    }
  }

  /** All elements, shifts applied, in 64 bits. */
  public long[] toLongs() {
    long[] out = mantissas.toLongs();
    long size = channelSize();
    for (int i = 0; i < out.length && !channelShifts.isEmpty(); i++) {
      out[i] <<= channelShifts.get((int) (i / size));
    }
    return out;
  }

  /**
   * What linear maps with these weights reach. The elements are read once, at the first call.
   *
   * @throws ArithmeticException when a sum leaves 64 bits
   */
  public synchronized WeightSums sums() {
    if (sums == null) {
      sums = WeightSums.of(this);
    }
    return sums;
  }

  /** The same elements in the same order, channels included, under another shape. */
  public IntegerWeights reshape(Shape shape) {
    IntegerWeights out = of(mantissas.reshape(shape), channelShifts);
    if (out.channels() == channels()) {
      synchronized (this) {
        out.sums = sums;
      }
    }
    return out;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof IntegerWeights that
            && channelShifts.equals(that.channelShifts)
            && mantissas.equals(that.mantissas);
  }

  @Override
  public int hashCode() {
    int h = Objects.hash(shape(), dtype(), channelShifts);
    for (long i = 0; i < Math.min(HASHED, elementCount()); i++) {
      h = 31 * h + Long.hashCode(mantissas.getLong(i));
    }
    return h;
  }

  /** Shape and type; the elements may be many. */
  @Override
  public String toString() {
    return "weights " + shape() + ":" + dtype().text();
  }
}
