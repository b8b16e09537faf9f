package org.zkc.gkr.field;

/**
 * The Mersenne prime field F = Z / (2^31 - 1). An element is an {@code int} in [0, p), the
 * canonical residue; every method expects and returns canonical residues unless it says otherwise.
 */
public final class M31 {
  /** p = 2^31 - 1. */
  public static final int P = Integer.MAX_VALUE;

  /** Bytes of an element on the wire, little-endian. */
  public static final int BYTES = 4;

  private M31() {}

  public static boolean isCanonical(int residue) {
    return residue >= 0 && residue != P;
  }

  public static int add(int a, int b) {
    return lessP(a + b);
  }

  public static int sub(int a, int b) {
    int d = a - b;
    return d + (d >> 31 & P);
  }

  public static int neg(int a) {
    return a == 0 ? 0 : P - a;
  }

  public static int mul(int a, int b) {
    long x = (long) a * b;
    return lessP((int) (x & P) + (int) (x >>> 31));
  }

  /** The canonical residue of {@code x} in [0, 2^63). */
  public static int reduce(long x) {
    long y = fold(x);
    return lessP((int) (y & P) + (int) (y >>> 31));
  }

  /** A value congruent to {@code x} in [0, 2^63), below 2^31 + 2^32. */
  public static long fold(long x) {
    return (x & P) + (x >>> 31);
  }

  /** a^exponent, exponent not negative; 0^0 = 1. */
  public static int pow(int a, long exponent) {
    int result = 1;
    int square = a;
    for (long e = exponent; e != 0; e >>>= 1) {
      if ((e & 1) != 0) {
        result = mul(result, square);
      }
      square = mul(square, square);
    }
    return result;
  }

  /**
   * 1 / a.
   *
   * @throws ArithmeticException when a is 0
   */
  public static int inv(int a) {
    if (a == 0) {
      throw new ArithmeticException("0 has no inverse in M31");
    }
    return pow(a, P - 2L);
  }

  /** The residue of any integer. */
  public static int fromSigned(long value) {
    int r = (int) (value % P);
    return r + (r >> 31 & P);
  }

  /** The representative of a residue in [-(p-1)/2, (p-1)/2]. */
  public static int toSigned(int residue) {
    return residue > P / 2 ? residue - P : residue;
  }

  // Subtracts p where needed from a sum in [0, 2p), read as unsigned, without a branch.
  private static int lessP(int sum) {
    int d = sum - P;
    return d + (d >> 31 & P);
  }
}
