package org.zkc.stablehlo.program;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.HloElementType.Signedness;

/**
 * The elements of a literal, row-major and little-endian. They are decoded when they are first
 * asked for: a program holds a literal of any size as a range of its mapped file. Number and shape
 * of the elements were checked against the type when the text was read.
 */
public final class DenseData {
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final HloElementType element;
  private final long count;
  private final boolean splat;
  private final Supplier<MemorySegment> source;
  private @Nullable MemorySegment decoded;

  /**
   * Elements that {@code source} decodes.
   *
   * @param count how many elements the tensor has
   * @param splat whether the source holds one element, which all are equal to
   * @param source asked once, for {@code element.bytes()} bytes per element that is stored
   */
  public DenseData(
      HloElementType element, long count, boolean splat, Supplier<MemorySegment> source) {
    this.element = Objects.requireNonNull(element);
    this.count = count;
    this.splat = splat;
    this.source = Objects.requireNonNull(source);
  }

  public HloElementType element() {
    return element;
  }

  /** The number of elements of the tensor. */
  public long count() {
    return count;
  }

  /** Whether one element is stored, which all are equal to. */
  public boolean isSplat() {
    return splat;
  }

  /**
   * The stored elements, read-only: one where {@link #isSplat}, else all. An element takes {@link
   * HloElementType#bytes} bytes; a boolean is 0 or 1.
   */
  public synchronized MemorySegment stored() {
    if (decoded == null) {
      MemorySegment bytes = source.get();
      long expected = Math.multiplyExact(splat ? 1 : count, (long) element.bytes());
      if (bytes.byteSize() != expected) {
        throw new IllegalStateException(
            "%d bytes for %d of %s".formatted(bytes.byteSize(), count, element.text()));
      }
      decoded = bytes.asReadOnly();
    }
    return decoded;
  }

  /**
   * An integer or boolean element; one of ui64 as its 64 bits.
   *
   * @param index row-major
   */
  public long getLong(long index) {
    long at = at(index);
    return switch (element) {
      case HloElementType.IntegerElement integer -> integer(integer, at);
      case HloElementType.IndexElement _ -> stored().getAtIndex(I64, at);
      case HloElementType.FloatElement _,
          HloElementType.ComplexElement _,
          HloElementType.Quantized _,
          HloElementType.Opaque _ ->
          throw new IllegalStateException(element.text() + " is no type of integers");
    };
  }

  private long integer(HloElementType.IntegerElement type, long at) {
    boolean unsigned = type.signedness() == Signedness.UNSIGNED || type.isBoolean();
    long value =
        switch (type.bytes()) {
          case 1 -> stored().get(ValueLayout.JAVA_BYTE, at);
          case 2 -> stored().getAtIndex(I16, at);
          case 4 -> stored().getAtIndex(I32, at);
          default -> stored().getAtIndex(I64, at);
        };
    return unsigned && type.bits() < Long.SIZE ? value & (1L << type.bits()) - 1 : value;
  }

  /** A real element, or the real part of a complex one; exact. */
  public double getDouble(long index) {
    return switch (element) {
      case HloElementType.FloatElement real -> real(real.format(), at(index));
      case HloElementType.ComplexElement complex -> part(complex, 2 * at(index));
      case HloElementType.IntegerElement _,
          HloElementType.IndexElement _,
          HloElementType.Quantized _,
          HloElementType.Opaque _ ->
          throw new IllegalStateException(element.text() + " is no type of real numbers");
    };
  }

  /** The imaginary part of an element; 0 of a real one. */
  public double getImaginary(long index) {
    return element instanceof HloElementType.ComplexElement complex
        ? part(complex, 2 * at(index) + 1)
        : 0;
  }

  private double part(HloElementType.ComplexElement complex, long at) {
    if (complex.part() instanceof HloElementType.FloatElement real) {
      return real(real.format(), at);
    }
    throw new IllegalStateException(element.text() + " has no real parts");
  }

  private double real(FloatFormat format, long at) {
    return switch (format.bits()) {
      case 64 -> Double.longBitsToDouble(stored().getAtIndex(I64, at));
      case 32 -> Float.intBitsToFloat(stored().getAtIndex(I32, at));
      case 16 -> SmallFloats.decode(format, stored().getAtIndex(I16, at) & 0xffff);
      default -> SmallFloats.decode(format, stored().get(ValueLayout.JAVA_BYTE, at) & 0xff);
    };
  }

  private long at(long index) {
    Objects.checkIndex(index, count);
    return splat ? 0 : index;
  }
}
