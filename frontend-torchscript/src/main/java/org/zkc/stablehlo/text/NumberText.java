package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.SmallFloats;

/**
 * Numbers of literals. A real number is first rounded to f64 and then to the type, as MLIR does; a
 * hexadecimal one is the bits of the type.
 */
final class NumberText {
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HEX = 16;
  private static final int DECIMAL = 10;

  /** Digits of a mantissa that an f64 holds exactly. */
  private static final int EXACT_DIGITS = 15;

  /** Characters of a number that a message shows. */
  private static final int SHOWN = 40;

  private static final double[] POWERS = powers();

  private NumberText() {}

  /** 10^0 to 10^22, the powers that an f64 holds exactly. */
  private static double[] powers() {
    double[] out = new double[23];
    out[0] = 1;
    for (int i = 1; i < out.length; i++) {
      out[i] = out[i - 1] * DECIMAL;
    }
    return out;
  }

  /** A text that is no number of the type. */
  static final class NotOfType extends Exception {
    private static final long serialVersionUID = 1;

    NotOfType(String message) {
      super(message);
    }
  }

  /**
   * Writes a number as an element of a type.
   *
   * @param text ASCII: a decimal or hexadecimal number, {@code true} or {@code false}
   * @param at the first byte of the element in {@code out}
   */
  static void write(byte[] text, int length, HloElementType type, MemorySegment out, long at)
      throws NotOfType {
    switch (type) {
      case HloElementType.IntegerElement integer -> {
        long value = integer(text, length, integer);
        switch (integer.bytes()) {
          case 1 -> out.set(ValueLayout.JAVA_BYTE, at, (byte) value);
          case 2 -> out.set(I16, at, (short) value);
          case 4 -> out.set(I32, at, (int) value);
          default -> out.set(I64, at, value);
        }
      }
      case HloElementType.IndexElement _ ->
          out.set(
              I64,
              at,
              integer(
                  text,
                  length,
                  new HloElementType.IntegerElement(HloElementType.Signedness.SIGNED, Long.SIZE)));
      case HloElementType.FloatElement real -> real(text, length, real.format(), out, at);
      case HloElementType.ComplexElement _, HloElementType.Quantized _, HloElementType.Opaque _ ->
          throw new NotOfType("'%s' is no %s".formatted(string(text, length), type.text()));
    }
  }

  /** An integer of a type; one without sign may be meant as either. */
  static long integer(byte[] text, int length, HloElementType.IntegerElement type)
      throws NotOfType {
    if (is(text, length, "true") || is(text, length, "false")) {
      if (type.isBoolean()) {
        return text[0] == 't' ? 1 : 0;
      }
      throw new NotOfType("'%s' is no %s".formatted(string(text, length), type.text()));
    }
    boolean negative = length > 0 && text[0] == '-';
    int start = negative ? 1 : 0;
    boolean hex = length > start + 2 && text[start] == '0' && text[start + 1] == 'x';
    long value = magnitude(text, hex ? start + 2 : start, length, hex ? HEX : DECIMAL, type);
    long greatest = type.bits() == Long.SIZE ? -1 : (1L << type.bits()) - 1;
    long half = 1L << type.bits() - 1;
    boolean fits =
        switch (type.signedness()) {
          case SIGNED ->
              negative
                  ? Long.compareUnsigned(value, half) <= 0
                  : Long.compareUnsigned(value, half) < 0;
          case UNSIGNED -> negative ? value == 0 : Long.compareUnsigned(value, greatest) <= 0;
          case SIGNLESS -> Long.compareUnsigned(value, negative ? half : greatest) <= 0;
        };
    if (!fits) {
      throw new NotOfType("%s is no value of %s".formatted(string(text, length), type.text()));
    }
    long signed = negative ? -value : value;
    return type.isBoolean() ? signed & 1 : signed;
  }

  private static long magnitude(byte[] text, int start, int length, int radix, HloElementType type)
      throws NotOfType {
    long value = 0;
    if (start == length) {
      throw new NotOfType("a number is missing");
    }
    long bound = Long.divideUnsigned(-1L, radix);
    for (int i = start; i < length; i++) {
      int digit = Character.digit(text[i], radix);
      if (digit < 0) {
        throw new NotOfType("'%s' is no %s".formatted(string(text, length), type.text()));
      }
      if (Long.compareUnsigned(value, bound) > 0
          || (value == bound && Long.compareUnsigned(value * radix + digit, value) < 0)) {
        throw new NotOfType("%s exceeds 64 bits".formatted(string(text, length)));
      }
      value = value * radix + digit;
    }
    return value;
  }

  private static void real(byte[] text, int length, FloatFormat format, MemorySegment out, long at)
      throws NotOfType {
    boolean hex = length > 2 && text[0] == '0' && text[1] == 'x';
    if (hex) {
      long bits =
          integer(
              text,
              length,
              new HloElementType.IntegerElement(HloElementType.Signedness.UNSIGNED, format.bits()));
      store(bits, format, out, at);
      return;
    }
    double value = decimal(text, length);
    switch (format) {
      case F64 -> out.set(I64, at, Double.doubleToRawLongBits(value));
      case F32, TF32 -> out.set(I32, at, Float.floatToRawIntBits((float) value));
      case F16 -> out.set(I16, at, Float.floatToFloat16((float) value));
      case BF16 -> out.set(I16, at, brain((float) value));
      case F4E2M1FN,
          F6E2M3FN,
          F6E3M2FN,
          F8E3M4,
          F8E4M3,
          F8E4M3FN,
          F8E4M3FNUZ,
          F8E4M3B11FNUZ,
          F8E5M2,
          F8E5M2FNUZ,
          F8E8M0FNU ->
          out.set(ValueLayout.JAVA_BYTE, at, (byte) SmallFloats.encode(format, value));
    }
  }

  private static void store(long bits, FloatFormat format, MemorySegment out, long at) {
    switch (format.bits()) {
      case 64 -> out.set(I64, at, bits);
      case 32 -> out.set(I32, at, (int) bits);
      case 16 -> out.set(I16, at, (short) bits);
      default -> out.set(ValueLayout.JAVA_BYTE, at, (byte) bits);
    }
  }

  /** The upper half of an f32, rounded half to even. */
  private static short brain(float value) {
    int bits = Float.floatToIntBits(value);
    int odd = bits >>> Short.SIZE & 1;
    return (short) (Float.isNaN(value) ? bits >>> Short.SIZE : bits + 0x7fff + odd >>> Short.SIZE);
  }

  /**
   * The f64 nearest to a decimal number. Where mantissa and power of ten are exact, one product or
   * quotient of the two is rounded once (W. D. Clinger, How to read floating point numbers
   * accurately, 1990).
   */
  static double decimal(byte[] text, int length) throws NotOfType {
    int i = 0;
    boolean negative = length > 0 && text[0] == '-';
    if (negative) {
      i++;
    }
    long mantissa = 0;
    int digits = 0;
    int fraction = 0;
    boolean point = false;
    boolean any = false;
    for (; i < length; i++) {
      byte b = text[i];
      if (b >= '0' && b <= '9') {
        any = true;
        if (mantissa != 0 || b != '0') {
          digits++;
        }
        if (digits <= EXACT_DIGITS) {
          mantissa = mantissa * DECIMAL + b - '0';
        }
        fraction += point ? 1 : 0;
      } else if (b == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    int exponent = 0;
    boolean small = true;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
      boolean minus = i + 1 < length && text[i + 1] == '-';
      i += i + 1 < length && (minus || text[i + 1] == '+') ? 2 : 1;
      int first = i;
      for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        exponent = exponent * DECIMAL + text[i] - '0';
        small &= i - first < 4;
        exponent = small ? exponent : 0;
      }
      any &= i > first;
      exponent = minus ? -exponent : exponent;
    }
    if (!any || i != length) {
      throw new NotOfType("'%s' is no number".formatted(string(text, length)));
    }
    int power = exponent - fraction;
    if (small && digits <= EXACT_DIGITS && Math.abs(power) < POWERS.length) {
      double value = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
      return negative ? -value : value;
    }
    return Double.parseDouble(new String(text, 0, length, StandardCharsets.ISO_8859_1));
  }

  private static boolean is(byte[] text, int length, String word) {
    if (length != word.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text[i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String string(byte[] text, int length) {
    int shown = Math.min(length, SHOWN);
    String start = new String(text, 0, shown, StandardCharsets.ISO_8859_1);
    return start.replaceAll("\\P{Print}", "?") + (shown < length ? "..." : "");
  }
}
