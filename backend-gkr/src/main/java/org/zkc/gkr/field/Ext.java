package org.zkc.gkr.field;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * An element c0 + c1 i + (c2 + c3 i) v of E = F[i]/(i^2 + 1)[v]/(v^2 - (2 + i)), F = {@link M31};
 * |E| is about 2^124. Each limb is a canonical residue. For vectors use {@link ExtVector}.
 */
public record Ext(int c0, int c1, int c2, int c3) {
  /** Bytes on the wire: the four limbs in order, each 4 bytes little-endian. */
  public static final int BYTES = 4 * M31.BYTES;

  public static final Ext ZERO = new Ext(0, 0, 0, 0);
  public static final Ext ONE = new Ext(1, 0, 0, 0);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long P = M31.P;

  public Ext {
    if ((c0 | c1 | c2 | c3) < 0 || c0 == M31.P || c1 == M31.P || c2 == M31.P || c3 == M31.P) {
      throw new IllegalArgumentException(
          "limbs not in [0, p): " + c0 + ", " + c1 + ", " + c2 + ", " + c3);
    }
  }

  /** The embedding of F, from a canonical residue. */
  public static Ext of(int residue) {
    return new Ext(residue, 0, 0, 0);
  }

  /** The embedding of the integers. */
  public static Ext ofSigned(long value) {
    return of(M31.fromSigned(value));
  }

  /** Written out: what a record has of itself is linked at its first use, which takes long. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ext b && c0 == b.c0 && c1 == b.c1 && c2 == b.c2 && c3 == b.c3;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * c0 + c1) + c2) + c3;
  }

  public boolean isZero() {
    return (c0 | c1 | c2 | c3) == 0;
  }

  /** Limb {@code index} in 0..3. */
  public int limb(int index) {
    return switch (index) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      case 3 -> c3;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  public Ext add(Ext b) {
    return new Ext(M31.add(c0, b.c0), M31.add(c1, b.c1), M31.add(c2, b.c2), M31.add(c3, b.c3));
  }

  public Ext sub(Ext b) {
    return new Ext(M31.sub(c0, b.c0), M31.sub(c1, b.c1), M31.sub(c2, b.c2), M31.sub(c3, b.c3));
  }

  public Ext neg() {
    return new Ext(M31.neg(c0), M31.neg(c1), M31.neg(c2), M31.neg(c3));
  }

  public Ext doubled() {
    return add(this);
  }

  /** The product with a canonical residue. */
  public Ext mulBase(int b) {
    return new Ext(M31.mul(c0, b), M31.mul(c1, b), M31.mul(c2, b), M31.mul(c3, b));
  }

  public Ext mul(Ext b) {
    // (a + a' v)(b + b' v) = ab + (2 + i) a'b' + (ab' + a'b) v, each product complex. Sums of two
    // products stay below
    // 2^63, folded values below 2^33.
    long real = M31.fold((long) c0 * b.c0 + (P - c1) * b.c1);
    long imaginary = M31.fold((long) c0 * b.c1 + (long) c1 * b.c0);
    long highReal = M31.fold((long) c2 * b.c2 + (P - c3) * b.c3);
    long highImaginary = M31.fold((long) c2 * b.c3 + (long) c3 * b.c2);
    long r0 = real + 2 * highReal + (4 * P - highImaginary);
    long r1 = imaginary + highReal + 2 * highImaginary;
    long r2 =
        M31.fold((long) c0 * b.c2 + (P - c1) * b.c3) + M31.fold((long) c2 * b.c0 + (P - c3) * b.c1);
    long r3 =
        M31.fold((long) c0 * b.c3 + (long) c1 * b.c2)
            + M31.fold((long) c2 * b.c1 + (long) c3 * b.c0);
    return new Ext(M31.reduce(r0), M31.reduce(r1), M31.reduce(r2), M31.reduce(r3));
  }

  public Ext square() {
    return mul(this);
  }

  /** this^exponent, exponent not negative. */
  public Ext pow(long exponent) {
    Ext result = ONE;
    Ext square = this;
    for (long e = exponent; e != 0; e >>>= 1) {
      if ((e & 1) != 0) {
        result = result.mul(square);
      }
      square = square.square();
    }
    return result;
  }

  /**
   * 1 / this, by the norms E -> F[i] -> F.
   *
   * @throws ArithmeticException when this is 0
   */
  public Ext inv() {
    if (isZero()) {
      throw new ArithmeticException("0 has no inverse in E");
    }
    Ext conjugate = new Ext(c0, c1, M31.neg(c2), M31.neg(c3));
    Ext complexNorm = mul(conjugate);
    int norm =
        M31.add(M31.mul(complexNorm.c0, complexNorm.c0), M31.mul(complexNorm.c1, complexNorm.c1));
    int scale = M31.inv(norm);
    Ext complexInverse =
        new Ext(M31.mul(complexNorm.c0, scale), M31.neg(M31.mul(complexNorm.c1, scale)), 0, 0);
    return conjugate.mul(complexInverse);
  }

  /** Writes {@link #BYTES} bytes at {@code at}. */
  public void write(byte[] out, int at) {
    INT.set(out, at, c0);
    INT.set(out, at + 4, c1);
    INT.set(out, at + 8, c2);
    INT.set(out, at + 12, c3);
  }

  /**
   * Reads {@link #BYTES} bytes at {@code at}.
   *
   * @throws VerificationFailure when a limb is not below p
   */
  public static Ext read(byte[] in, int at) {
    int c0 = (int) INT.get(in, at);
    int c1 = (int) INT.get(in, at + 4);
    int c2 = (int) INT.get(in, at + 8);
    int c3 = (int) INT.get(in, at + 12);
    if (!(M31.isCanonical(c0)
        && M31.isCanonical(c1)
        && M31.isCanonical(c2)
        && M31.isCanonical(c3))) {
      throw new VerificationFailure(
          "field element", "four limbs below 2^31 - 1", c0 + ", " + c1 + ", " + c2 + ", " + c3);
    }
    return new Ext(c0, c1, c2, c3);
  }

  @Override
  public String toString() {
    return "[" + c0 + ", " + c1 + ", " + c2 + ", " + c3 + "]";
  }
}
