package org.zkc.stablehlo.program;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.zkc.ir.DType;

/** The element type of a tensor, or the type of a scalar attribute. */
public sealed interface HloElementType {

  /** The type as the text writes it, {@code ui8}. */
  String text();

  /**
   * Bytes of an element in {@link DenseData#stored}: those of integers and floats of fewer than 8
   * bits take one byte each.
   *
   * @throws IllegalStateException for {@link Quantized} and {@link Opaque}, which have no literals
   */
  int bytes();

  /** The element type of tensors that a proof may be about; empty for others. */
  default Optional<DType> dtype() {
    return switch (this) {
      case IntegerElement integer -> integer.held();
      case FloatElement real -> real.format().dtype();
      case IndexElement _, ComplexElement _, Quantized _, Opaque _ -> Optional.empty();
    };
  }

  /** Whether integers are signed, unsigned, or as the operation takes them. */
  enum Signedness {
    /** {@code i32}, which StableHLO takes as signed. */
    SIGNLESS("i"),
    /** {@code si32}. */
    SIGNED("si"),
    /** {@code ui32}. */
    UNSIGNED("ui");

    private final String prefix;

    Signedness(String prefix) {
      this.prefix = prefix;
    }

    String prefix() {
      return prefix;
    }
  }

  /**
   * Integers; {@code i1} is the type of booleans.
   *
   * @param bits from 1 to 64
   */
  record IntegerElement(Signedness signedness, int bits) implements HloElementType {
    public IntegerElement {
      Objects.requireNonNull(signedness);
      if (bits < 1 || bits > Long.SIZE) {
        throw new IllegalArgumentException("an integer of " + bits + " bits");
      }
    }

    private Optional<DType> held() {
      boolean unsigned = signedness == Signedness.UNSIGNED;
      return switch (bits) {
        case 1 -> Optional.of(DType.I1);
        case 8 -> Optional.of(unsigned ? DType.U8 : DType.I8);
        case 16 -> Optional.of(unsigned ? DType.U16 : DType.I16);
        case 32 -> Optional.of(unsigned ? DType.U32 : DType.I32);
        case 64 -> Optional.of(unsigned ? DType.U64 : DType.I64);
        default -> Optional.empty();
      };
    }

    /** The type of booleans. */
    public boolean isBoolean() {
      return bits == 1;
    }

    @Override
    public String text() {
      return signedness.prefix() + bits;
    }

    @Override
    public int bytes() {
      return Math.max(1, Integer.highestOneBit(2 * bits - 1) / Byte.SIZE);
    }
  }

  /** {@code index}, 64 bits wide. */
  record IndexElement() implements HloElementType {
    @Override
    public String text() {
      return "index";
    }

    @Override
    public int bytes() {
      return Long.BYTES;
    }
  }

  /** Floating-point numbers. */
  record FloatElement(FloatFormat format) implements HloElementType {
    public FloatElement {
      Objects.requireNonNull(format);
    }

    @Override
    public String text() {
      return format.text();
    }

    @Override
    public int bytes() {
      return Math.max(1, format.bits() / Byte.SIZE);
    }
  }

  /** Complex numbers, stored as real and imaginary part. */
  record ComplexElement(HloElementType part) implements HloElementType {
    public ComplexElement {
      Objects.requireNonNull(part);
    }

    @Override
    public String text() {
      return "complex<" + part.text() + ">";
    }

    @Override
    public int bytes() {
      return 2 * part.bytes();
    }
  }

  /**
   * {@code !quant.uniform}: the element stands for {@code (stored - zeroPoint) * scale}.
   *
   * @param storage the integers that are stored
   * @param minimum the least stored integer, by default the type's
   * @param maximum the greatest stored integer, by default the type's
   * @param expressed the format of what the element stands for
   * @param axis the dimension along which scales differ; empty for one scale for all
   * @param scales one, or one per index of the axis
   * @param zeroPoints as many as scales
   */
  record Quantized(
      IntegerElement storage,
      long minimum,
      long maximum,
      FloatFormat expressed,
      OptionalInt axis,
      List<Double> scales,
      List<Long> zeroPoints)
      implements HloElementType {
    public Quantized {
      Objects.requireNonNull(storage);
      Objects.requireNonNull(expressed);
      Objects.requireNonNull(axis);
      scales = List.copyOf(scales);
      zeroPoints = List.copyOf(zeroPoints);
      if (scales.size() != zeroPoints.size() || scales.isEmpty()) {
        throw new IllegalArgumentException(
            "%d scales and %d zero points".formatted(scales.size(), zeroPoints.size()));
      }
    }

    @Override
    public String text() {
      String pairs =
          IntStream.range(0, scales.size())
              .mapToObj(i -> scales.get(i) + ":" + zeroPoints.get(i))
              .collect(Collectors.joining(", "));
      return "!quant.uniform<%s<%d:%d>:%s%s, %s>"
          .formatted(
              storage.text(),
              minimum,
              maximum,
              expressed.text(),
              axis.isPresent() ? ":" + axis.getAsInt() : "",
              axis.isPresent() ? "{" + pairs + "}" : pairs);
    }

    @Override
    public int bytes() {
      throw new IllegalStateException("a quantised type has no literals");
    }
  }

  /** A type that the reader passes over, as it stands in the text. */
  record Opaque(String text) implements HloElementType {
    public Opaque {
      Objects.requireNonNull(text);
    }

    @Override
    public int bytes() {
      throw new IllegalStateException(text + " has no literals");
    }
  }
}
