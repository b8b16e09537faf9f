package org.zkc.ir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.kernel.Widening;

/**
 * Elements of a constant tensor, row-major: contiguous and little-endian in memory, possibly
 * memory-mapped (a model may be larger than the heap), or made when they are read. Two are equal
 * when element type, shape and bytes are.
 */
public final class TensorData {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Elements that are made at a time. */
  private static final int PART = 1 << 14;

  /** Elements that are widened at a time: fresh memory for more would come from far away. */
  private static final int WIDENED = 1 << 9;

  private static final int HASHED = 64;

  private final DType dtype;
  private final Shape shape;

  /** Elements of the shape, which loops ask for at every step. */
  private final long count;

  /** Null where a reader makes the elements. */
  private final @Nullable MemorySegment stored;

  private final @Nullable FloatReader reader;

  /** The bytes that the reader gave, from the first call of {@link #bytes} on. */
  private @Nullable MemorySegment made;

  /**
   * @throws IllegalArgumentException when the segment's size is not that of the elements
   */
  public TensorData(DType dtype, Shape shape, MemorySegment bytes) {
    this.dtype = Objects.requireNonNull(dtype);
    this.shape = Objects.requireNonNull(shape);
    this.count = shape.elementCount();
    this.stored = bytes.asReadOnly();
    this.reader = null;
    if (bytes.byteSize() != count * dtype.bytes()) {
      throw new IllegalArgumentException(
          "%d bytes given for %s elements of %s".formatted(bytes.byteSize(), shape, dtype.text()));
    }
  }

  private TensorData(Shape shape, FloatReader reader) {
    this.dtype = DType.F32;
    this.shape = shape;
    this.count = shape.elementCount();
    this.stored = null;
    this.reader = reader;
  }

  /** Elements of type f32 that are made each time they are read. */
  public static TensorData computed(Shape shape, FloatReader reader) {
    return new TensorData(shape, reader);
  }

  public static TensorData ofFloats(Shape shape, float[] elements) {
    MemorySegment segment = MemorySegment.ofArray(new byte[Math.multiplyExact(elements.length, 4)]);
    MemorySegment.copy(elements, 0, segment, F32, 0, elements.length);
    return new TensorData(DType.F32, shape, segment);
  }

  public static TensorData ofDoubles(Shape shape, double[] elements) {
    MemorySegment segment = MemorySegment.ofArray(new byte[Math.multiplyExact(elements.length, 8)]);
    MemorySegment.copy(elements, 0, segment, F64, 0, elements.length);
    return new TensorData(DType.F64, shape, segment);
  }

  /**
   * Elements rounded to {@code dtype}, a floating-point type: to those of 16 bits through f32, as
   * PyTorch does.
   */
  public static TensorData ofReals(DType dtype, Shape shape, double[] elements) {
    int size = dtype.bytes();
    MemorySegment segment =
        MemorySegment.ofArray(new byte[Math.multiplyExact(elements.length, size)]);
    for (int i = 0; i < elements.length; i++) {
      float single = (float) elements[i];
      switch (dtype) {
        case F32 -> segment.setAtIndex(F32, i, single);
        case F64 -> segment.setAtIndex(F64, i, elements[i]);
        case F16 -> segment.setAtIndex(I16, i, Float.floatToFloat16(single));
        case BF16 -> segment.setAtIndex(I16, i, toBrain(single));
        case I64, I32, I16, I8, U8, I1, U16, U32, U64 ->
            throw new IllegalArgumentException(dtype.text() + " holds no real numbers");
      }
    }
    return new TensorData(dtype, shape, segment);
  }

  /** The upper half of the bits of an f32, rounded half to even. */
  private static short toBrain(float x) {
    int bits = Float.floatToIntBits(x);
    int odd = bits >>> Short.SIZE & 1;
    return (short) (Float.isNaN(x) ? bits >>> Short.SIZE : bits + 0x7fff + odd >>> Short.SIZE);
  }

  /** Elements narrowed to {@code dtype}, which must be an integer type that holds them all. */
  public static TensorData ofLongs(DType dtype, Shape shape, long[] elements) {
    MemorySegment segment =
        MemorySegment.ofArray(new byte[Math.multiplyExact(elements.length, dtype.bytes())]);
    for (int i = 0; i < elements.length; i++) {
      long e = elements[i];
      if (!dtype.holds(e)) {
        throw new IllegalArgumentException(e + " is not a value of " + dtype.text());
      }
      switch (dtype) {
        case I64, U64 -> segment.setAtIndex(I64, i, e);
        case I32, U32 -> segment.setAtIndex(I32, i, (int) e);
        case I16, U16 -> segment.setAtIndex(I16, i, (short) e);
        case I8, U8, I1 -> segment.set(ValueLayout.JAVA_BYTE, i, (byte) e);
        case F32, F64, F16, BF16 -> throw new AssertionError();
      }
    }
    return new TensorData(dtype, shape, segment);
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  /**
   * The raw little-endian elements, read-only. Elements that a reader makes are written outside the
   * heap at the first call: runs of them are read without.
   */
  public MemorySegment bytes() {
    return stored != null ? stored : made();
  }

  private synchronized MemorySegment made() {
    if (made == null) {
      MemorySegment segment = Arena.ofAuto().allocate(4 * elementCount(), Float.BYTES);
      float[] part = new float[(int) Math.min(PART, elementCount())];
      for (long at = 0; at < elementCount(); at += part.length) {
        int count = (int) Math.min(part.length, elementCount() - at);
        copyFloats(at, part, count);
        MemorySegment.copy(part, 0, segment, F32, 4 * at, count);
      }
      made = segment.asReadOnly();
    }
    return made;
  }

  public long elementCount() {
    return count;
  }

  /** Element {@code index} (row-major) as a double; exact for all types but large i64. */
  public double getDouble(long index) {
    return switch (dtype) {
      case F32 -> getFloat(index);
      case F64 -> bytes().getAtIndex(F64, index);
      case F16 -> Float.float16ToFloat(bytes().getAtIndex(I16, index));
      case BF16 -> Float.intBitsToFloat(bytes().getAtIndex(I16, index) << Short.SIZE);
      case I64, I32, I16, I8, U8, I1, U16, U32, U64 -> getLong(index);
    };
  }

  private float getFloat(long index) {
    if (reader == null) {
      return bytes().getAtIndex(F32, index);
    }
    float[] element = new float[1];
    reader.read(index, element, 1);
    return element[0];
  }

  /** Element {@code index} of an integer or boolean tensor. */
  public long getLong(long index) {
    return switch (dtype) {
      case I64, U64 -> bytes().getAtIndex(I64, index);
      case I32 -> bytes().getAtIndex(I32, index);
      case I16 -> bytes().getAtIndex(I16, index);
      case I8 -> bytes().get(ValueLayout.JAVA_BYTE, index);
      case U8, I1 -> bytes().get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case U16 -> bytes().getAtIndex(I16, index) & 0xffff;
      case U32 -> bytes().getAtIndex(I32, index) & 0xffff_ffffL;
      case F32, F64, F16, BF16 ->
          throw new IllegalStateException("floating-point tensor read as integers");
    };
  }

  public float[] toFloats() {
    float[] out = new float[Math.toIntExact(elementCount())];
    copyFloats(0, out, out.length);
    return out;
  }

  /** {@code out[i]} = element {@code first + i} for i < count, rounded to f32. */
  public void copyFloats(long first, float[] out, int count) {
    if (reader != null) {
      reader.read(first, out, count);
    } else if (dtype == DType.F32) {
      MemorySegment.copy(bytes(), F32, 4 * first, out, 0, count);
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = (float) getDouble(first + i);
      }
    }
  }

  /**
   * {@code out[at + i]} = element {@code first + i} for i < count, of an integer tensor whose
   * elements fit 32 bits.
   *
   * @throws ArithmeticException when one does not
   */
  public void copyInts(long first, int[] out, int at, int count) {
    switch (dtype) {
      case I8 -> {
        byte[] part = new byte[Math.min(WIDENED, count)];
        for (int from = 0; from < count; from += part.length) {
          int n = Math.min(part.length, count - from);
          MemorySegment.copy(bytes(), ValueLayout.JAVA_BYTE, first + from, part, 0, n);
          Widening.ofBytes(part, out, at + from, n);
        }
      }
      case I16 -> {
        short[] part = new short[Math.min(WIDENED, count)];
        for (int from = 0; from < count; from += part.length) {
          int n = Math.min(part.length, count - from);
          MemorySegment.copy(bytes(), I16, 2 * (first + from), part, 0, n);
          Widening.ofShorts(part, out, at + from, n);
        }
      }
      case I32 -> MemorySegment.copy(bytes(), I32, 4 * first, out, at, count);
      case I64, U8, I1, U16, U32, U64, F32, F64, F16, BF16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Math.toIntExact(getLong(first + i));
        }
      }
    }
  }

  public double[] toDoubles() {
    double[] out = new double[Math.toIntExact(elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = getDouble(i);
    }
    return out;
  }

  public long[] toLongs() {
    long[] out = new long[Math.toIntExact(elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = getLong(i);
    }
    return out;
  }

  /** The same elements under another shape of equal size. */
  public TensorData reshape(Shape newShape) {
    if (reader == null) {
      return new TensorData(dtype, newShape, bytes());
    }
    if (newShape.elementCount() != elementCount()) {
      throw new IllegalArgumentException(
          "%d elements do not have the shape %s".formatted(elementCount(), newShape));
    }
    return new TensorData(newShape, reader);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof TensorData that
            && dtype == that.dtype
            && shape.equals(that.shape)
            && bytes().mismatch(that.bytes()) == -1);
  }

  @Override
  public int hashCode() {
    int h = Objects.hash(dtype, shape);
    for (long i = 0; i < Math.min(HASHED, elementCount()); i++) {
      h = 31 * h + (dtype.isFloating() ? Double.hashCode(getDouble(i)) : Long.hashCode(getLong(i)));
    }
    return h;
  }
}
