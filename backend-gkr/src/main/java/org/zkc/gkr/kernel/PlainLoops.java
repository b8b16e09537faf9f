package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * Plain loops over the limbs, without a branch or an object in their bodies: C2 vectorises most of
 * them, and C1 makes them usable within milliseconds of a cold start. Four products of residues add
 * up below 2^64, read as unsigned.
 */
final class PlainLoops implements Loops {
  private static final long P = M31.P;
  // Multiples of p that lift a difference of products, or of two sums of two, above zero: p 2^31 >=
  // (p - 1)^2.
  private static final long BIAS = P << 31;
  private static final long BIAS2 = P << 32;

  // x mod 2^31 + x / 2^31, congruent to x.
  private static long fold(long x) {
    return (x & P) + (x >>> 31);
  }

  // The residue of a value below 2^40.
  private static int residue(long x) {
    long t = fold(x) - P;
    return (int) (t + (P & t >> 63));
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    int[] a0 = a.limb(0);
    int[] a1 = a.limb(1);
    int[] a2 = a.limb(2);
    int[] a3 = a.limb(3);
    int[] b0 = b.limb(0);
    int[] b1 = b.limb(1);
    int[] b2 = b.limb(2);
    int[] b3 = b.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int aAt = a.offset();
    int bAt = b.offset();
    int outAt = out.offset();
    for (int k = 0; k < out.length(); k++) {
      long x0 = a0[aAt + k];
      long x1 = a1[aAt + k];
      long x2 = a2[aAt + k];
      long x3 = a3[aAt + k];
      long y0 = b0[bAt + k];
      long y1 = b1[bAt + k];
      long y2 = b2[bAt + k];
      long y3 = b3[bAt + k];
      long highReal = fold(x2 * y2 - x3 * y3 + BIAS);
      long highImaginary = fold(x2 * y3 + x3 * y2);
      long real = fold(x0 * y0 - x1 * y1 + BIAS);
      long imaginary = fold(x0 * y1 + x1 * y0);
      o0[outAt + k] = residue(real + 2 * highReal + 8 * P - highImaginary);
      o1[outAt + k] = residue(imaginary + highReal + 2 * highImaginary);
      o2[outAt + k] = residue(fold(x0 * y2 + x2 * y0 - x1 * y3 - x3 * y1 + BIAS2));
      o3[outAt + k] = residue(fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0));
    }
  }

  @Override
  public void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out) {
    int[] a0 = a.limb(0);
    int[] a1 = a.limb(1);
    int[] a2 = a.limb(2);
    int[] a3 = a.limb(3);
    int[] b0 = b.limb(0);
    int[] b1 = b.limb(1);
    int[] b2 = b.limb(2);
    int[] b3 = b.limb(3);
    int[] c0 = c.limb(0);
    int[] c1 = c.limb(1);
    int[] c2 = c.limb(2);
    int[] c3 = c.limb(3);
    int[] d0 = d.limb(0);
    int[] d1 = d.limb(1);
    int[] d2 = d.limb(2);
    int[] d3 = d.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int aAt = a.offset();
    int bAt = b.offset();
    int cAt = c.offset();
    int dAt = d.offset();
    int outAt = out.offset();
    for (int k = 0; k < out.length(); k++) {
      long x0 = a0[aAt + k];
      long x1 = a1[aAt + k];
      long x2 = a2[aAt + k];
      long x3 = a3[aAt + k];
      long y0 = b0[bAt + k];
      long y1 = b1[bAt + k];
      long y2 = b2[bAt + k];
      long y3 = b3[bAt + k];
      long z0 = c0[cAt + k];
      long z1 = c1[cAt + k];
      long z2 = c2[cAt + k];
      long z3 = c3[cAt + k];
      long w0 = d0[dAt + k];
      long w1 = d1[dAt + k];
      long w2 = d2[dAt + k];
      long w3 = d3[dAt + k];
      long highReal = fold(x2 * y2 - x3 * y3 + z2 * w2 - z3 * w3 + BIAS2);
      long highImaginary = fold(x2 * y3 + x3 * y2 + z2 * w3 + z3 * w2);
      long real = fold(x0 * y0 - x1 * y1 + z0 * w0 - z1 * w1 + BIAS2);
      long imaginary = fold(x0 * y1 + x1 * y0 + z0 * w1 + z1 * w0);
      o0[outAt + k] = residue(real + 2 * highReal + 8 * P - highImaginary);
      o1[outAt + k] = residue(imaginary + highReal + 2 * highImaginary);
      o2[outAt + k] =
          residue(
              fold(x0 * y2 + x2 * y0 - x1 * y3 - x3 * y1 + BIAS2)
                  + fold(z0 * w2 + z2 * w0 - z1 * w3 - z3 * w1 + BIAS2));
      o3[outAt + k] =
          residue(
              fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0)
                  + fold(z0 * w3 + z1 * w2 + z2 * w1 + z3 * w0));
    }
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    multiply(a, a, out);
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    for (int k = 0; k < count; k++) {
      out[outAt + k] = M31.mul(a[aAt + k], b[bAt + k]);
    }
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    for (int k = 0; k < count; k++) {
      out[outAt + k] = M31.add(a[aAt + k], M31.mul(c, b[bAt + k]));
    }
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    int[] a0 = a.limb(0);
    int[] a1 = a.limb(1);
    int[] a2 = a.limb(2);
    int[] a3 = a.limb(3);
    int[] b0 = b.limb(0);
    int[] b1 = b.limb(1);
    int[] b2 = b.limb(2);
    int[] b3 = b.limb(3);
    int aAt = a.offset();
    int bAt = b.offset();
    // Folded terms are below 2^34: 2^29 of them fit.
    long highReal = 0;
    long highImaginary = 0;
    long real = 0;
    long imaginary = 0;
    long v0 = 0;
    long v1 = 0;
    for (int k = 0; k < a.length(); k++) {
      long x0 = a0[aAt + k];
      long x1 = a1[aAt + k];
      long x2 = a2[aAt + k];
      long x3 = a3[aAt + k];
      long y0 = b0[bAt + k];
      long y1 = b1[bAt + k];
      long y2 = b2[bAt + k];
      long y3 = b3[bAt + k];
      highReal += fold(x2 * y2 - x3 * y3 + BIAS);
      highImaginary += fold(x2 * y3 + x3 * y2);
      real += fold(x0 * y0 - x1 * y1 + BIAS);
      imaginary += fold(x0 * y1 + x1 * y0);
      v0 += fold(x0 * y2 + x2 * y0 - x1 * y3 - x3 * y1 + BIAS2);
      v1 += fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0);
    }
    int hr = M31.reduce(highReal);
    int hi = M31.reduce(highImaginary);
    return new Ext(
        M31.sub(M31.add(M31.reduce(real), M31.add(hr, hr)), hi),
        M31.add(M31.reduce(imaginary), M31.add(hr, M31.add(hi, hi))),
        M31.reduce(v0),
        M31.reduce(v1));
  }

  @Override
  public void line(ExtVector low, ExtVector high, Ext c, ExtVector out) {
    int[] l0 = low.limb(0);
    int[] l1 = low.limb(1);
    int[] l2 = low.limb(2);
    int[] l3 = low.limb(3);
    int[] h0 = high.limb(0);
    int[] h1 = high.limb(1);
    int[] h2 = high.limb(2);
    int[] h3 = high.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int lowAt = low.offset();
    int highAt = high.offset();
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i; differences are sums with negated constants.
    long s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    long s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    long y0 = c.c0();
    long y1 = c.c1();
    long y2 = c.c2();
    long y3 = c.c3();
    long m1 = P - y1;
    long m3 = P - y3;
    long n1 = P - s1;
    for (int k = 0; k < out.length(); k++) {
      long d0 = (long) h0[highAt + k] - l0[lowAt + k];
      long x0 = d0 + (P & d0 >> 63);
      long d1 = (long) h1[highAt + k] - l1[lowAt + k];
      long x1 = d1 + (P & d1 >> 63);
      long d2 = (long) h2[highAt + k] - l2[lowAt + k];
      long x2 = d2 + (P & d2 >> 63);
      long d3 = (long) h3[highAt + k] - l3[lowAt + k];
      long x3 = d3 + (P & d3 >> 63);
      int r0 = residue(fold(x0 * y0 + x1 * m1 + x2 * s0 + x3 * n1) + l0[lowAt + k]);
      int r1 = residue(fold(x0 * y1 + x1 * y0 + x2 * s1 + x3 * s0) + l1[lowAt + k]);
      int r2 = residue(fold(x0 * y2 + x1 * m3 + x2 * y0 + x3 * m1) + l2[lowAt + k]);
      int r3 = residue(fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0) + l3[lowAt + k]);
      o0[outAt + k] = r0;
      o1[outAt + k] = r1;
      o2[outAt + k] = r2;
      o3[outAt + k] = r3;
    }
  }

  @Override
  public void scale(ExtVector v, Ext c, ExtVector out) {
    int[] a0 = v.limb(0);
    int[] a1 = v.limb(1);
    int[] a2 = v.limb(2);
    int[] a3 = v.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int vAt = v.offset();
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i; differences are sums with negated constants.
    long s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    long s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    long y0 = c.c0();
    long y1 = c.c1();
    long y2 = c.c2();
    long y3 = c.c3();
    long m1 = P - y1;
    long m3 = P - y3;
    long n1 = P - s1;
    for (int k = 0; k < out.length(); k++) {
      long x0 = a0[vAt + k];
      long x1 = a1[vAt + k];
      long x2 = a2[vAt + k];
      long x3 = a3[vAt + k];
      o0[outAt + k] = residue(fold(x0 * y0 + x1 * m1 + x2 * s0 + x3 * n1));
      o1[outAt + k] = residue(fold(x0 * y1 + x1 * y0 + x2 * s1 + x3 * s0));
      o2[outAt + k] = residue(fold(x0 * y2 + x1 * m3 + x2 * y0 + x3 * m1));
      o3[outAt + k] = residue(fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0));
    }
  }

  @Override
  public void addScaled(ExtVector v, Ext c, ExtVector out) {
    int[] a0 = v.limb(0);
    int[] a1 = v.limb(1);
    int[] a2 = v.limb(2);
    int[] a3 = v.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int vAt = v.offset();
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i; differences are sums with negated constants.
    long s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    long s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    long y0 = c.c0();
    long y1 = c.c1();
    long y2 = c.c2();
    long y3 = c.c3();
    long m1 = P - y1;
    long m3 = P - y3;
    long n1 = P - s1;
    for (int k = 0; k < out.length(); k++) {
      long x0 = a0[vAt + k];
      long x1 = a1[vAt + k];
      long x2 = a2[vAt + k];
      long x3 = a3[vAt + k];
      o0[outAt + k] = residue(fold(x0 * y0 + x1 * m1 + x2 * s0 + x3 * n1) + o0[outAt + k]);
      o1[outAt + k] = residue(fold(x0 * y1 + x1 * y0 + x2 * s1 + x3 * s0) + o1[outAt + k]);
      o2[outAt + k] = residue(fold(x0 * y2 + x1 * m3 + x2 * y0 + x3 * m1) + o2[outAt + k]);
      o3[outAt + k] = residue(fold(x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0) + o3[outAt + k]);
    }
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      int[] x = a.limb(limb);
      int[] y = b.limb(limb);
      int[] z = out.limb(limb);
      int xAt = a.offset();
      int yAt = b.offset();
      int zAt = out.offset();
      for (int k = 0; k < out.length(); k++) {
        int t = x[xAt + k] - M31.P + y[yAt + k];
        z[zAt + k] = t + (M31.P & t >> 31);
      }
    }
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      int[] x = a.limb(limb);
      int[] y = b.limb(limb);
      int[] z = out.limb(limb);
      int xAt = a.offset();
      int yAt = b.offset();
      int zAt = out.offset();
      for (int k = 0; k < out.length(); k++) {
        int t = x[xAt + k] - y[yAt + k];
        z[zAt + k] = t + (M31.P & t >> 31);
      }
    }
  }

  @Override
  public void atTwo(ExtVector low, ExtVector high, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      combine(
          high.limb(limb),
          high.offset(),
          2,
          low.limb(limb),
          low.offset(),
          -1,
          out.limb(limb),
          out.offset(),
          out.length());
    }
  }

  @Override
  public void atTwoAndThree(ExtVector low, ExtVector high, ExtVector two, ExtVector three) {
    atTwo(low, high, two);
    for (int limb = 0; limb < 4; limb++) {
      combine(
          high.limb(limb),
          high.offset(),
          3,
          low.limb(limb),
          low.offset(),
          -2,
          three.limb(limb),
          three.offset(),
          three.length());
    }
  }

  @Override
  public void atTwoBase(int[] base, int low, int high, int[] out, int count) {
    combine(base, high, 2, base, low, -1, out, 0, count);
  }

  // out = s a + t b for s + |t| small.
  private static void combine(
      int[] a, int aAt, long s, int[] b, int bAt, long t, int[] out, int outAt, int count) {
    for (int k = 0; k < count; k++) {
      out[outAt + k] = residue(s * a[aAt + k] + t * b[bAt + k] + 8 * P);
    }
  }

  @Override
  public Ext dotBase(int[] base, int offset, ExtVector b) {
    int[] sums = new int[4];
    for (int limb = 0; limb < 4; limb++) {
      int[] values = b.limb(limb);
      int at = b.offset();
      long sum = 0;
      for (int k = 0; k < b.length(); k++) {
        sum += fold((long) base[offset + k] * values[at + k]);
      }
      sums[limb] = M31.reduce(sum);
    }
    return new Ext(sums[0], sums[1], sums[2], sums[3]);
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset) {
    for (int limb = 0; limb < 4; limb++) {
      int[] target = accumulator.limb(limb);
      int at = accumulator.offset();
      long factor = c.limb(limb);
      for (int k = 0; k < accumulator.length(); k++) {
        target[at + k] = residue(fold(factor * base[offset + k]) + target[at + k]);
      }
    }
  }

  @Override
  public void lineBase(int[] base, int low, int high, Ext c, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      int[] target = out.limb(limb);
      int at = out.offset();
      long factor = c.limb(limb);
      long keep = limb == 0 ? P : 0;
      for (int k = 0; k < out.length(); k++) {
        long d = (long) base[high + k] - base[low + k];
        target[at + k] = residue(fold(factor * (d + (P & d >> 63))) + (keep & base[low + k]));
      }
    }
  }

  @Override
  public void affine(Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      int[] target = out.limb(limb);
      int at = out.offset();
      long constant = c.limb(limb);
      long first = f.limb(limb);
      long second = g.limb(limb);
      for (int k = 0; k < out.length(); k++) {
        target[at + k] = residue(fold(first * x[xAt + k] + second * y[yAt + k] + constant));
      }
    }
  }

  @Override
  public void affine(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out) {
    for (int limb = 0; limb < 4; limb++) {
      long[] factors = {f[0].limb(limb), f[1].limb(limb), f[2].limb(limb), f[3].limb(limb)};
      affine(c.limb(limb), factors, x, xAt, out.limb(limb), out.offset(), out.length());
    }
  }

  // One limb: four products of residues and one residue add up below 2^64.
  private static void affine(
      long c, long[] f, int[][] x, int[] xAt, int[] out, int outAt, int count) {
    int[] x0 = x[0];
    int[] x1 = x[1];
    int[] x2 = x[2];
    int[] x3 = x[3];
    int at0 = xAt[0];
    int at1 = xAt[1];
    int at2 = xAt[2];
    int at3 = xAt[3];
    long f0 = f[0];
    long f1 = f[1];
    long f2 = f[2];
    long f3 = f[3];
    for (int k = 0; k < count; k++) {
      long sum = f0 * x0[at0 + k] + f1 * x1[at1 + k] + f2 * x2[at2 + k] + f3 * x3[at3 + k] + c;
      out[outAt + k] = residue(fold(sum));
    }
  }

  @Override
  public Ext[] dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w) {
    int[] sums = new int[w.length()];
    int[] products = new int[w.length()];
    for (int k = 0; k < w.length(); k++) {
      sums[k] = M31.add(a[aAt + k], b[bAt + k]);
      products[k] = M31.mul(a[aAt + k], b[bAt + k]);
    }
    return new Ext[] {dotBase(sums, 0, w), dotBase(products, 0, w)};
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    foldColumns(weights, width, columns, stride, 0, coefficients, accumulator);
  }

  // The columns from firstColumn on.
  static void foldColumns(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      int firstColumn,
      ExtVector coefficients,
      ExtVector accumulator) {
    // A term is below 2^(30 + 8 width), so this many fit a signed sum.
    int exactRows = 1 << 32 - 8 * width;
    int count = columns - firstColumn;
    int[] row = new int[count];
    long[][] sums = new long[4][count];
    for (int from = 0; from < coefficients.length(); from += exactRows) {
      int to = Math.min(coefficients.length(), from + exactRows);
      for (int r = from; r < to; r++) {
        Packed.load(weights, width, (long) r * stride + firstColumn, row);
        for (int limb = 0; limb < 4; limb++) {
          addScaledRow(coefficients.limb(limb)[coefficients.offset() + r], row, sums[limb]);
        }
      }
      for (int limb = 0; limb < 4; limb++) {
        int[] target = accumulator.limb(limb);
        for (int k = 0; k < count; k++) {
          int at = accumulator.offset() + firstColumn + k;
          target[at] = M31.add(target[at], M31.fromSigned(sums[limb][k]));
        }
        Arrays.fill(sums[limb], 0);
      }
    }
  }

  /**
   * Rows of packed weights, in a class of their own: verifiers read none, so they load no memory
   * layouts.
   */
  private static final class Packed {
    private static final ValueLayout.OfShort SHORT =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Packed() {}

    // Copied whole: C1 takes dozens of instructions for an element of a segment.
    static void load(MemorySegment weights, int width, long from, int[] row) {
      switch (width) {
        case 1 -> {
          byte[] narrow = new byte[row.length];
          MemorySegment.copy(weights, ValueLayout.JAVA_BYTE, from, narrow, 0, row.length);
          for (int k = 0; k < row.length; k++) {
            row[k] = narrow[k];
          }
        }
        case 2 -> {
          short[] narrow = new short[row.length];
          MemorySegment.copy(weights, SHORT, 2 * from, narrow, 0, row.length);
          for (int k = 0; k < row.length; k++) {
            row[k] = narrow[k];
          }
        }
        case 4 -> MemorySegment.copy(weights, INT, 4 * from, row, 0, row.length);
        default -> throw new IllegalArgumentException("weights of " + width + " bytes");
      }
    }
  }

  private static void addScaledRow(long coefficient, int[] row, long[] sums) {
    for (int k = 0; k < row.length; k++) {
      sums[k] += coefficient * row[k];
    }
  }
}
