package org.zkc.ir.integer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Integers of the model, row-major: element = mantissa << channelShifts[index on axis 0]. Mantissas
 * are stored, or they are rounded from the model's real weights each time they are read, so that a
 * model larger than the heap is never copied. Immutable. Two are equal when shape, type of
 * mantissas, shifts and mantissas are.
 */
public final class IntegerWeights {
  /** Mantissas that are made, compared or summed at a time. */
  static final int PART = 1 << 13;

  private static final int HASHED = 64;

  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Shape shape;
  private final DType dtype;
  private final List<Integer> channelShifts;
  private final Source source;
  private @Nullable WeightSums sums;

  /** A source of mantissas. */
  private sealed interface Source {}

  private record Stored(TensorData mantissas) implements Source {}

  /** mantissa = roundHalfEven(real * 2^-shift factor). */
  private static final class Rounded implements Source {
    final TensorData reals;
    final double factor;
    private @Nullable MemorySegment made;

    Rounded(TensorData reals, double factor) {
      this.reals = reals;
      this.factor = factor;
    }
  }

  /**
   * Sees real weights beside the mantissas that they are rounded to: each channel in order, several
   * channels at a time.
   */
  @FunctionalInterface
  public interface RoundingObserver {
    /**
     * Weights {@code first} to {@code first + count - 1} of a channel, which follow those shown
     * before.
     */
    void accept(int channel, long first, float[] reals, int[] mantissas, int count);
  }

  private IntegerWeights(Shape shape, DType dtype, List<Integer> channelShifts, Source source) {
    this.shape = shape;
    this.dtype = dtype;
    this.channelShifts = channelShifts;
    this.source = source;
  }

  /**
   * Weights whose mantissas are stored.
   *
   * @param channelShifts one in [0, 29] for each index on axis 0, or an empty list for no shifts
   * @throws IllegalArgumentException when the mantissas are no integers or the shifts do not fit
   */
  public static IntegerWeights of(TensorData mantissas, List<Integer> channelShifts) {
    if (mantissas.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "the weights must be integers, they are " + mantissas.dtype().text());
    }
    return new IntegerWeights(
        mantissas.shape(),
        mantissas.dtype(),
        checked(mantissas.shape(), channelShifts),
        new Stored(mantissas));
  }

  /** Stored weights without shifts. */
  public static IntegerWeights of(TensorData mantissas) {
    return of(mantissas, List.of());
  }

  /**
   * Real weights times {@code factor} as mantissas that are rounded when they are read: mantissa =
   * roundHalfEven(w * factor 2^-shift), in double precision. The weights are read once here, for
   * their sums.
   *
   * @param dtype of the mantissas, I8 or I16, which must hold them all
   * @param channelShifts as in {@link #of(TensorData, List)}
   * @param tasks to read several channels at a time
   */
  public static IntegerWeights rounded(
      TensorData reals,
      double factor,
      DType dtype,
      List<Integer> channelShifts,
      RoundingObserver observer,
      TaskRunner tasks) {
    if (dtype != DType.I8 && dtype != DType.I16) {
      throw new IllegalArgumentException("weights are rounded to i8 or i16, not " + dtype.text());
    }
    IntegerWeights out =
        new IntegerWeights(
            reals.shape(),
            dtype,
            checked(reals.shape(), channelShifts),
            new Rounded(reals, factor));
    out.sums = WeightSums.ofRounded(out, observer, tasks);
    return out;
  }

  private static List<Integer> checked(Shape shape, List<Integer> channelShifts) {
    if (!channelShifts.isEmpty()
        && (shape.rank() == 0 || channelShifts.size() != shape.extent(0))) {
      throw new IllegalArgumentException(
          "%d channel shifts do not fit the shape %s".formatted(channelShifts.size(), shape));
    }
    for (int shift : channelShifts) {
      if (shift < 0 || shift > FieldBounds.MAX_SHIFT) {
        throw new IllegalArgumentException(
            "a shift must lie in [0, %d], got %d".formatted(FieldBounds.MAX_SHIFT, shift));
      }
    }
    return List.copyOf(channelShifts);
  }

  public Shape shape() {
    return shape;
  }

  public long elementCount() {
    return shape.elementCount();
  }

  /** The type of the mantissas. */
  public DType dtype() {
    return dtype;
  }

  /** One shift for each index on axis 0; empty where nothing is shifted. */
  public List<Integer> channelShifts() {
    return channelShifts;
  }

  /** Extent of axis 0; 1 for a scalar. */
  public int channels() {
    return shape.rank() == 0 ? 1 : shape.extent(0);
  }

  /** Elements of a channel; 0 where there are no channels. */
  public long channelSize() {
    return channels() == 0 ? 0 : elementCount() / channels();
  }

  public int shift(int channel) {
    return channelShifts.isEmpty() ? 0 : channelShifts.get(channel);
  }

  /** Bytes of all mantissas. */
  public long byteSize() {
    return elementCount() * dtype.bytes();
  }

  /**
   * All mantissas in memory. Those that are rounded are written outside the heap at the first call
   * and kept: runs of them are read without.
   */
  public TensorData mantissas() {
    return switch (source) {
      case Stored s -> s.mantissas();
      case Rounded r -> {
        synchronized (r) {
          if (r.made == null) {
            MemorySegment segment = Arena.ofAuto().allocate(byteSize(), dtype.bytes());
            forEachPart((part, at) -> segment.asSlice(at, part.byteSize()).copyFrom(part));
            r.made = segment.asReadOnly();
          }
          yield new TensorData(dtype, shape, r.made);
        }
      }
    };
  }

  /**
   * {@code out[at + i]} = mantissa {@code first + i} for i < count.
   *
   * @throws ArithmeticException when one does not fit 32 bits
   */
  public void copyMantissas(long first, int[] out, int at, int count) {
    switch (source) {
      case Stored s -> s.mantissas().copyInts(first, out, at, count);
      case Rounded r -> {
        float[] reals = new float[Math.min(PART, count)];
        for (int from = 0; from < count; from += reals.length) {
          int part = Math.min(reals.length, count - from);
          r.reals.copyFloats(first + from, reals, part);
          round(r, first + from, reals, out, at + from, part);
        }
      }
    }
  }

  private void round(Rounded r, long first, float[] reals, int[] out, int at, int count) {
    long size = channelSize();
    for (int from = 0; from < count; ) {
      int channel = (int) ((first + from) / size);
      int end = (int) Math.min(count, (channel + 1) * size - first);
      round(reals, from, end, Math.scalb(r.factor, -shift(channel)), out, at);
      from = end;
    }
  }

  private static void round(float[] reals, int from, int end, double factor, int[] out, int at) {
    for (int i = from; i < end; i++) {
      out[at + i] = (int) Math.rint(reals[i] * factor);
    }
  }

  /** Shows a channel of rounded weights part by part. */
  void forEachRounded(int channel, RoundingObserver observer) {
    Rounded r = (Rounded) source;
    long size = channelSize();
    float[] reals = new float[(int) Math.min(PART, size)];
    int[] mantissas = new int[reals.length];
    double factor = Math.scalb(r.factor, -shift(channel));
    for (long first = 0; first < size; first += reals.length) {
      int count = (int) Math.min(reals.length, size - first);
      r.reals.copyFloats(channel * size + first, reals, count);
      round(reals, 0, count, factor, mantissas, 0);
      observer.accept(channel, first, reals, mantissas, count);
    }
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
    long[] out = mantissas().toLongs();
    long size = channelSize();
    for (int i = 0; i < out.length && !channelShifts.isEmpty(); i++) {
      out[i] <<= channelShifts.get((int) (i / size));
    }
    return out;
  }

  /** Whether the mantissas are in memory as they are; else they are rounded when read. */
  public boolean isStored() {
    return source instanceof Stored;
  }

  /** The first {@code bytes} bytes of the mantissas, at most all. */
  public MemorySegment beginning(int bytes) {
    int count = bytes / dtype.bytes();
    int[] mantissas = new int[count];
    copyMantissas(0, mantissas, 0, count);
    MemorySegment encoded = MemorySegment.ofArray(new byte[count * dtype.bytes()]);
    encode(mantissas, count, encoded);
    return encoded;
  }

  private void encode(int[] mantissas, int count, MemorySegment encoded) {
    switch (dtype) {
      case I8 -> {
        for (int i = 0; i < count; i++) {
          encoded.set(ValueLayout.JAVA_BYTE, i, (byte) mantissas[i]);
        }
      }
      case I16 -> {
        for (int i = 0; i < count; i++) {
          encoded.setAtIndex(I16, i, (short) mantissas[i]);
        }
      }
      case I32, I64, U8, I1, U16, U32, U64, F32, F64, F16, BF16 ->
          throw new AssertionError("weights are rounded to i8 or i16");
    }
  }

  /** Writes the mantissas, little-endian, as they are read. */
  public void writeMantissas(WritableByteChannel channel) throws IOException {
    forEachPart((part, at) -> {
      ByteBuffer bytes = part.asByteBuffer();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    });
  }

  private interface PartConsumer<E extends Exception> {
    void accept(MemorySegment part, long at) throws E;
  }

  /** The bytes of all mantissas in runs. */
  private <E extends Exception> void forEachPart(PartConsumer<E> consumer) throws E {
    int bytes = dtype.bytes();
    switch (source) {
      case Stored s -> {
        MemorySegment all = s.mantissas().bytes();
        for (long at = 0; at < all.byteSize(); at += 1 << 26) {
          consumer.accept(all.asSlice(at, Math.min(1 << 26, all.byteSize() - at)), at);
        }
      }
      case Rounded r -> {
        int[] part = new int[16 * PART];
        MemorySegment encoded = MemorySegment.ofArray(new byte[bytes * part.length]);
        for (long at = 0; at < elementCount(); at += part.length) {
          int count = (int) Math.min(part.length, elementCount() - at);
          copyMantissas(at, part, 0, count);
          encode(part, count, encoded);
          consumer.accept(encoded.asSlice(0, (long) bytes * count), bytes * at);
        }
      }
    }
  }

  /**
   * The bounds that linear maps with these weights reach. The elements are read once, at the first
   * call at the latest.
   *
   * @throws ArithmeticException when a sum leaves 64 bits
   */
  public synchronized WeightSums sums() {
    if (sums == null) {
      sums = WeightSums.of(this);
    }
    return sums;
  }

  /** The same elements in the same order under another shape, which keeps axis 0. */
  public IntegerWeights reshape(Shape newShape) {
    if (newShape.elementCount() != elementCount()) {
      throw new IllegalArgumentException(
          "%d weights do not have the shape %s".formatted(elementCount(), newShape));
    }
    Source same =
        switch (source) {
          case Stored s -> new Stored(s.mantissas().reshape(newShape));
          case Rounded r -> r;
        };
    IntegerWeights out =
        new IntegerWeights(newShape, dtype, checked(newShape, channelShifts), same);
    if (out.channels() == channels()) {
      synchronized (this) {
        out.sums = sums;
      }
    }
    return out;
  }

  /**
   * The same channels and, behind them, copies of the first. Bounds over all channels stay.
   *
   * @param count of channels of the result, at least as many as there are
   */
  public IntegerWeights continuedByFirst(int count) {
    int own = channels();
    Shape longer = shape.with(0, count);
    List<Integer> shifts = new ArrayList<>(channelShifts);
    while (!channelShifts.isEmpty() && shifts.size() < count) {
      shifts.add(channelShifts.getFirst());
    }
    Source continued =
        switch (source) {
          case Stored s -> {
            MemorySegment from = s.mantissas().bytes();
            long channel = channelSize() * dtype.bytes();
            MemorySegment to = Arena.ofAuto().allocate(channel * count, dtype.bytes());
            to.copyFrom(from);
            for (int c = own; c < count; c++) {
              to.asSlice(c * channel, channel).copyFrom(from.asSlice(0, channel));
            }
            yield new Stored(new TensorData(dtype, longer, to.asReadOnly()));
          }
          case Rounded r ->
              new Rounded(
                  TensorData.computed(
                      longer, (first, out, n) -> readContinued(r.reals, first, out, n)),
                  r.factor);
        };
    IntegerWeights out = new IntegerWeights(longer, dtype, List.copyOf(shifts), continued);
    WeightSums old = sums();
    long[] positive = Arrays.copyOf(old.positive(), count);
    long[] negative = Arrays.copyOf(old.negative(), count);
    Arrays.fill(positive, own, count, positive[0]);
    long[] norms = Arrays.copyOf(old.norms(), count);
    Arrays.fill(negative, own, count, negative[0]);
    Arrays.fill(norms, own, count, norms[0]);
    out.sums = new WeightSums(old.elements(), positive, negative, norms);
    return out;
  }

  private void readContinued(TensorData reals, long first, float[] out, int count) {
    long size = channelSize();
    float[] part = new float[(int) Math.min(PART, size)];
    for (int done = 0; done < count; ) {
      long at = first + done;
      boolean own = at < elementCount();
      long from = own ? at : at % size;
      long end = own ? elementCount() : size;
      int n = (int) Math.min(Math.min(part.length, count - done), end - from);
      reals.copyFloats(from, part, n);
      System.arraycopy(part, 0, out, done, n);
      done += n;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof IntegerWeights that
            && shape.equals(that.shape)
            && channelShifts.equals(that.channelShifts)
            && hasMantissasOf(that));
  }

  /** Whether type and mantissas equal the other's; shapes and shifts may differ. */
  @SuppressWarnings("ReferenceEquality") // the elements of one tensor need no comparison
  public boolean hasMantissasOf(IntegerWeights that) {
    if (dtype != that.dtype || elementCount() != that.elementCount()) {
      return false;
    }
    if (source instanceof Stored a && that.source instanceof Stored b) {
      return a.mantissas().bytes().mismatch(b.mantissas().bytes()) < 0;
    }
    if (source instanceof Rounded a
        && that.source instanceof Rounded b
        && a.reals == b.reals
        && a.factor == b.factor
        && channelSize() == that.channelSize()
        && channelShifts.equals(that.channelShifts)) {
      return true;
    }
    int[] mine = new int[(int) Math.min(PART, elementCount())];
    int[] others = new int[mine.length];
    for (long at = 0; at < elementCount(); at += mine.length) {
      int count = (int) Math.min(mine.length, elementCount() - at);
      copyMantissas(at, mine, 0, count);
      that.copyMantissas(at, others, 0, count);
      if (!Arrays.equals(mine, 0, count, others, 0, count)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int h = Objects.hash(shape, dtype, channelShifts);
    int count = (int) Math.min(HASHED, elementCount());
    switch (source) {
      case Stored s -> {
        for (int i = 0; i < count; i++) {
          h = 31 * h + Long.hashCode(s.mantissas().getLong(i));
        }
      }
      case Rounded _ -> {
        int[] beginning = new int[count];
        copyMantissas(0, beginning, 0, count);
        for (int m : beginning) {
          h = 31 * h + Long.hashCode(m);
        }
      }
    }
    return h;
  }

  /** Shape and type; the elements may be many. */
  @Override
  public String toString() {
    return "weights " + shape + ":" + dtype.text();
  }
}
