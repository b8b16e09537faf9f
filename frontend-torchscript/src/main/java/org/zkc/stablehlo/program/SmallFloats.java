package org.zkc.stablehlo.program;

/** Values of floating-point numbers of at most 16 bits, and the bits of numbers. */
public final class SmallFloats {
  private static final int BYTE_BIAS = 127;

  private SmallFloats() {}

  /** The numbers that a format encodes by its greatest exponent. */
  private enum Specials {
    /** Infinities and NaN, as IEEE 754 has them. */
    IEEE,
    /** NaN where all bits but the sign are ones. */
    NAN_OF_ONES,
    /** NaN is the bits of -0, and there is one zero. */
    NAN_OF_NEGATIVE_ZERO,
    /** Finite numbers alone. */
    NONE
  }

  private record Layout(int exponent, int mantissa, int bias, Specials specials) {}

  private static Layout layout(FloatFormat format) {
    return switch (format) {
      case F4E2M1FN -> new Layout(2, 1, 1, Specials.NONE);
      case F6E2M3FN -> new Layout(2, 3, 1, Specials.NONE);
      case F6E3M2FN -> new Layout(3, 2, 3, Specials.NONE);
      case F8E3M4 -> new Layout(3, 4, 3, Specials.IEEE);
      case F8E4M3 -> new Layout(4, 3, 7, Specials.IEEE);
      case F8E4M3FN -> new Layout(4, 3, 7, Specials.NAN_OF_ONES);
      case F8E4M3FNUZ -> new Layout(4, 3, 8, Specials.NAN_OF_NEGATIVE_ZERO);
      case F8E4M3B11FNUZ -> new Layout(4, 3, 11, Specials.NAN_OF_NEGATIVE_ZERO);
      case F8E5M2 -> new Layout(5, 2, 15, Specials.IEEE);
      case F8E5M2FNUZ -> new Layout(5, 2, 16, Specials.NAN_OF_NEGATIVE_ZERO);
      case F16 -> new Layout(5, 10, 15, Specials.IEEE);
      case BF16 -> new Layout(8, 7, BYTE_BIAS, Specials.IEEE);
      case F8E8M0FNU, TF32, F32, F64 ->
          throw new IllegalArgumentException(
              format.text() + " has no sign, exponent and mantissa of 16 bits");
    };
  }

  /** The number that the low bits of {@code bits} stand for. */
  public static double decode(FloatFormat format, int bits) {
    if (format == FloatFormat.F8E8M0FNU) {
      // An exponent without sign or mantissa; all ones are NaN.
      return bits == 0xff ? Double.NaN : Math.scalb(1.0, bits - BYTE_BIAS);
    }
    Layout layout = layout(format);
    int mantissa = bits & (1 << layout.mantissa()) - 1;
    int exponent = bits >> layout.mantissa() & (1 << layout.exponent()) - 1;
    boolean negative = (bits >> layout.mantissa() + layout.exponent() & 1) != 0;
    int greatest = (1 << layout.exponent()) - 1;
    switch (layout.specials()) {
      case IEEE -> {
        if (exponent == greatest) {
          return mantissa != 0
              ? Double.NaN
              : negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
      }
      case NAN_OF_ONES -> {
        if (exponent == greatest && mantissa == (1 << layout.mantissa()) - 1) {
          return Double.NaN;
        }
      }
      case NAN_OF_NEGATIVE_ZERO -> {
        if (negative && exponent == 0 && mantissa == 0) {
          return Double.NaN;
        }
      }
      case NONE -> {}
    }
    double magnitude =
        exponent == 0
            ? Math.scalb((double) mantissa, 1 - layout.bias() - layout.mantissa())
            : Math.scalb(
                (double) (mantissa + (1 << layout.mantissa())),
                exponent - layout.bias() - layout.mantissa());
    return negative ? -magnitude : magnitude;
  }

  /**
   * The bits of the number of a format of at most 8 bits that is nearest to {@code value}, the even
   * one of two; its sign is kept where the number is 0. Numbers beyond the greatest give infinity
   * where there is one, else NaN where there is one, else the greatest.
   */
  public static int encode(FloatFormat format, double value) {
    int codes = 1 << format.bits();
    if (format.bits() > Byte.SIZE) {
      throw new IllegalArgumentException(format.text() + " has more than 8 bits");
    }
    boolean signed = format != FloatFormat.F8E8M0FNU;
    boolean negative = signed && Math.copySign(1.0, value) < 0;
    int first = negative ? codes / 2 : 0;
    int last = signed && !negative ? codes / 2 : codes;
    double target = Math.abs(value);
    int nan = -1;
    int infinity = -1;
    int best = -1;
    int greatest = first;
    double distance = Double.POSITIVE_INFINITY;
    for (int code = first; code < last; code++) {
      double magnitude = Math.abs(decode(format, code));
      if (Double.isNaN(magnitude)) {
        nan = code;
      } else if (Double.isInfinite(magnitude)) {
        infinity = code;
      } else {
        greatest = code;
        double d = Math.abs(magnitude - target);
        if (d < distance || (d == distance && (code & 1) == 0)) {
          best = code;
          distance = d;
        }
      }
    }
    if (Double.isNaN(value)) {
      return nan >= 0 ? nan : nanOf(format);
    }
    double step =
        Math.abs(decode(format, greatest))
            - (greatest > first ? Math.abs(decode(format, greatest - 1)) : 0);
    // Half a step beyond the greatest number rounds up to what would be the next, an even one.
    boolean beyond = target - Math.abs(decode(format, greatest)) >= step / 2;
    if (beyond) {
      return infinity >= 0 ? infinity : nan >= 0 ? nan : greatest;
    }
    return best;
  }

  private static int nanOf(FloatFormat format) {
    for (int code = 0; code < 1 << format.bits(); code++) {
      if (Double.isNaN(decode(format, code))) {
        return code;
      }
    }
    throw new IllegalArgumentException(format.text() + " has no NaN");
  }
}
