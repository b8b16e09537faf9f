package org.zkc.gkr.kernel;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.L2I;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMIN;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * Products of E, vectorised. Limbs are widened to 64 bits; products of canonical residues are below
 * 2^62, so four of them add up below 2^64, read as unsigned, before one fold by 2^31 = 1.
 *
 * <p>Each method handles the largest multiple of {@link #STEP} and returns it; the caller does the
 * tail. The bodies are written out: C2 stops inlining helpers in methods of this size
 * (NodeCountInliningCutoff), and then boxes every vector, 100 times slower. So it does where it
 * cannot tell a vector's class: sums that a loop carries along are arguments, never what a method
 * is called on, since only a profile of many runs tells the class of those. A fold is {@code
 * x.and(LOW).add(x.lanewise(LSHR, 31))}.
 */
final class VectorExt {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(L.vectorBitSize() / 2));

  /** Elements per iteration. */
  static final int STEP = L.length();

  private static final int P = M31.P;
  private static final LongVector LOW = LongVector.broadcast(L, P);
  private static final IntVector MODULUS = IntVector.broadcast(I, P);
  // Multiples of p that lift a difference of products, or of two sums of two, above zero: p 2^31 >=
  // (p - 1)^2.
  private static final LongVector BIAS = LongVector.broadcast(L, (long) P << 31);
  private static final LongVector BIAS2 = LongVector.broadcast(L, (long) P << 32);
  private static final LongVector ZERO = LongVector.zero(L);
  // Above a folded sum of folds, below 2^34.
  private static final LongVector BIAS_LANES = LongVector.broadcast(L, 8L * P);
  private static final LongVector BIAS_FOLDED = LongVector.broadcast(L, 8L * P);

  private VectorExt() {}

  /** out = a b; out may be either. */
  static int multiply(ExtVector a, ExtVector b, ExtVector out, int count) {
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
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, aAt + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, aAt + k).convertShape(I2L, L, 0);
      LongVector x2 = (LongVector) IntVector.fromArray(I, a2, aAt + k).convertShape(I2L, L, 0);
      LongVector x3 = (LongVector) IntVector.fromArray(I, a3, aAt + k).convertShape(I2L, L, 0);
      LongVector y0 = (LongVector) IntVector.fromArray(I, b0, bAt + k).convertShape(I2L, L, 0);
      LongVector y1 = (LongVector) IntVector.fromArray(I, b1, bAt + k).convertShape(I2L, L, 0);
      LongVector y2 = (LongVector) IntVector.fromArray(I, b2, bAt + k).convertShape(I2L, L, 0);
      LongVector y3 = (LongVector) IntVector.fromArray(I, b3, bAt + k).convertShape(I2L, L, 0);
      LongVector highReal = x2.mul(y2).sub(x3.mul(y3)).add(BIAS);
      highReal = highReal.and(LOW).add(highReal.lanewise(LSHR, 31));
      LongVector highImaginary = x2.mul(y3).add(x3.mul(y2));
      highImaginary = highImaginary.and(LOW).add(highImaginary.lanewise(LSHR, 31));
      LongVector real = x0.mul(y0).sub(x1.mul(y1)).add(BIAS);
      real = real.and(LOW).add(real.lanewise(LSHR, 31));
      LongVector imaginary = x0.mul(y1).add(x1.mul(y0));
      imaginary = imaginary.and(LOW).add(imaginary.lanewise(LSHR, 31));
      LongVector v0 = x0.mul(y2).add(x2.mul(y0)).sub(x1.mul(y3)).sub(x3.mul(y1)).add(BIAS2);
      v0 = v0.and(LOW).add(v0.lanewise(LSHR, 31));
      LongVector v1 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      v1 = v1.and(LOW).add(v1.lanewise(LSHR, 31));
      real = real.add(highReal).add(highReal).add(BIAS_FOLDED).sub(highImaginary);
      imaginary = imaginary.add(highReal).add(highImaginary).add(highImaginary);
      real = real.and(LOW).add(real.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) real.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, outAt + k);
      imaginary = imaginary.and(LOW).add(imaginary.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) imaginary.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, outAt + k);
      v0 = v0.and(LOW).add(v0.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) v0.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, outAt + k);
      v1 = v1.and(LOW).add(v1.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) v1.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** out = a b + c d; out may be any of them. */
  static int multiplyAdd(
      ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out, int count) {
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
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, aAt + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, aAt + k).convertShape(I2L, L, 0);
      LongVector x2 = (LongVector) IntVector.fromArray(I, a2, aAt + k).convertShape(I2L, L, 0);
      LongVector x3 = (LongVector) IntVector.fromArray(I, a3, aAt + k).convertShape(I2L, L, 0);
      LongVector y0 = (LongVector) IntVector.fromArray(I, b0, bAt + k).convertShape(I2L, L, 0);
      LongVector y1 = (LongVector) IntVector.fromArray(I, b1, bAt + k).convertShape(I2L, L, 0);
      LongVector y2 = (LongVector) IntVector.fromArray(I, b2, bAt + k).convertShape(I2L, L, 0);
      LongVector y3 = (LongVector) IntVector.fromArray(I, b3, bAt + k).convertShape(I2L, L, 0);
      LongVector highReal = x2.mul(y2).sub(x3.mul(y3));
      LongVector highImaginary = x2.mul(y3).add(x3.mul(y2));
      LongVector real = x0.mul(y0).sub(x1.mul(y1));
      LongVector imaginary = x0.mul(y1).add(x1.mul(y0));
      LongVector v0 = x0.mul(y2).add(x2.mul(y0)).sub(x1.mul(y3)).sub(x3.mul(y1)).add(BIAS2);
      v0 = v0.and(LOW).add(v0.lanewise(LSHR, 31));
      LongVector v1 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      v1 = v1.and(LOW).add(v1.lanewise(LSHR, 31));
      x0 = (LongVector) IntVector.fromArray(I, c0, cAt + k).convertShape(I2L, L, 0);
      x1 = (LongVector) IntVector.fromArray(I, c1, cAt + k).convertShape(I2L, L, 0);
      x2 = (LongVector) IntVector.fromArray(I, c2, cAt + k).convertShape(I2L, L, 0);
      x3 = (LongVector) IntVector.fromArray(I, c3, cAt + k).convertShape(I2L, L, 0);
      y0 = (LongVector) IntVector.fromArray(I, d0, dAt + k).convertShape(I2L, L, 0);
      y1 = (LongVector) IntVector.fromArray(I, d1, dAt + k).convertShape(I2L, L, 0);
      y2 = (LongVector) IntVector.fromArray(I, d2, dAt + k).convertShape(I2L, L, 0);
      y3 = (LongVector) IntVector.fromArray(I, d3, dAt + k).convertShape(I2L, L, 0);
      highReal = highReal.add(x2.mul(y2)).sub(x3.mul(y3)).add(BIAS2);
      highReal = highReal.and(LOW).add(highReal.lanewise(LSHR, 31));
      highImaginary = highImaginary.add(x2.mul(y3)).add(x3.mul(y2));
      highImaginary = highImaginary.and(LOW).add(highImaginary.lanewise(LSHR, 31));
      real = real.add(x0.mul(y0)).sub(x1.mul(y1)).add(BIAS2);
      real = real.and(LOW).add(real.lanewise(LSHR, 31));
      imaginary = imaginary.add(x0.mul(y1)).add(x1.mul(y0));
      imaginary = imaginary.and(LOW).add(imaginary.lanewise(LSHR, 31));
      LongVector w0 = x0.mul(y2).add(x2.mul(y0)).sub(x1.mul(y3)).sub(x3.mul(y1)).add(BIAS2);
      v0 = w0.and(LOW).add(w0.lanewise(LSHR, 31)).add(v0);
      LongVector w1 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      v1 = w1.and(LOW).add(w1.lanewise(LSHR, 31)).add(v1);
      real = real.add(highReal).add(highReal).add(BIAS_FOLDED).sub(highImaginary);
      imaginary = imaginary.add(highReal).add(highImaginary).add(highImaginary);
      real = real.and(LOW).add(real.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) real.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, outAt + k);
      imaginary = imaginary.and(LOW).add(imaginary.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) imaginary.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, outAt + k);
      v0 = v0.and(LOW).add(v0.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) v0.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, outAt + k);
      v1 = v1.and(LOW).add(v1.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) v1.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** Adds the sum of a[k] b[k] over the handled k to sum[0]. */
  static int dot(ExtVector a, ExtVector b, int count, Ext[] sum) {
    if (count < STEP) {
      return 0;
    }
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
    int end = count - count % STEP;
    // Folded terms are below 2^34: 2^29 of them fit.
    LongVector real = LongVector.zero(L);
    LongVector imaginary = LongVector.zero(L);
    LongVector highReal = LongVector.zero(L);
    LongVector highImaginary = LongVector.zero(L);
    LongVector v0 = LongVector.zero(L);
    LongVector v1 = LongVector.zero(L);
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, aAt + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, aAt + k).convertShape(I2L, L, 0);
      LongVector x2 = (LongVector) IntVector.fromArray(I, a2, aAt + k).convertShape(I2L, L, 0);
      LongVector x3 = (LongVector) IntVector.fromArray(I, a3, aAt + k).convertShape(I2L, L, 0);
      LongVector y0 = (LongVector) IntVector.fromArray(I, b0, bAt + k).convertShape(I2L, L, 0);
      LongVector y1 = (LongVector) IntVector.fromArray(I, b1, bAt + k).convertShape(I2L, L, 0);
      LongVector y2 = (LongVector) IntVector.fromArray(I, b2, bAt + k).convertShape(I2L, L, 0);
      LongVector y3 = (LongVector) IntVector.fromArray(I, b3, bAt + k).convertShape(I2L, L, 0);
      LongVector t = x2.mul(y2).sub(x3.mul(y3)).add(BIAS);
      highReal = t.and(LOW).add(t.lanewise(LSHR, 31)).add(highReal);
      t = x2.mul(y3).add(x3.mul(y2));
      highImaginary = t.and(LOW).add(t.lanewise(LSHR, 31)).add(highImaginary);
      t = x0.mul(y0).sub(x1.mul(y1)).add(BIAS);
      real = t.and(LOW).add(t.lanewise(LSHR, 31)).add(real);
      t = x0.mul(y1).add(x1.mul(y0));
      imaginary = t.and(LOW).add(t.lanewise(LSHR, 31)).add(imaginary);
      t = x0.mul(y2).add(x2.mul(y0)).sub(x1.mul(y3)).sub(x3.mul(y1)).add(BIAS2);
      v0 = t.and(LOW).add(t.lanewise(LSHR, 31)).add(v0);
      t = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      v1 = t.and(LOW).add(t.lanewise(LSHR, 31)).add(v1);
    }
    real = LOW.and(real).add(ZERO.add(real).lanewise(LSHR, 31));
    imaginary = LOW.and(imaginary).add(ZERO.add(imaginary).lanewise(LSHR, 31));
    highReal = LOW.and(highReal).add(ZERO.add(highReal).lanewise(LSHR, 31));
    highImaginary = LOW.and(highImaginary).add(ZERO.add(highImaginary).lanewise(LSHR, 31));
    v0 = LOW.and(v0).add(ZERO.add(v0).lanewise(LSHR, 31));
    v1 = LOW.and(v1).add(ZERO.add(v1).lanewise(LSHR, 31));
    real = BIAS_LANES.add(real).add(highReal).add(highReal).sub(highImaginary);
    imaginary = ZERO.add(imaginary).add(highReal).add(highImaginary).add(highImaginary);
    sum[0] =
        sum[0].add(
            new Ext(
                M31.reduce(ZERO.add(real).reduceLanes(ADD)),
                M31.reduce(ZERO.add(imaginary).reduceLanes(ADD)),
                M31.reduce(ZERO.add(v0).reduceLanes(ADD)),
                M31.reduce(ZERO.add(v1).reduceLanes(ADD))));
    return end;
  }

  /** out = low + c (high - low); out may be either. */
  static int line(ExtVector low, ExtVector high, Ext c, ExtVector out, int count) {
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
    int s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    int s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    LongVector y0 = (LongVector) IntVector.broadcast(I, c.c0()).convertShape(I2L, L, 0);
    LongVector y1 = (LongVector) IntVector.broadcast(I, c.c1()).convertShape(I2L, L, 0);
    LongVector y2 = (LongVector) IntVector.broadcast(I, c.c2()).convertShape(I2L, L, 0);
    LongVector y3 = (LongVector) IntVector.broadcast(I, c.c3()).convertShape(I2L, L, 0);
    LongVector z0 = (LongVector) IntVector.broadcast(I, s0).convertShape(I2L, L, 0);
    LongVector z1 = (LongVector) IntVector.broadcast(I, s1).convertShape(I2L, L, 0);
    LongVector m1 = (LongVector) IntVector.broadcast(I, P - c.c1()).convertShape(I2L, L, 0);
    LongVector m3 = (LongVector) IntVector.broadcast(I, P - c.c3()).convertShape(I2L, L, 0);
    LongVector w1 = (LongVector) IntVector.broadcast(I, P - s1).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector i0 = IntVector.fromArray(I, l0, lowAt + k);
      IntVector d0 = IntVector.fromArray(I, h0, highAt + k).sub(i0);
      LongVector x0 = (LongVector) d0.lanewise(UMIN, d0.add(MODULUS)).convertShape(I2L, L, 0);
      IntVector i1 = IntVector.fromArray(I, l1, lowAt + k);
      IntVector d1 = IntVector.fromArray(I, h1, highAt + k).sub(i1);
      LongVector x1 = (LongVector) d1.lanewise(UMIN, d1.add(MODULUS)).convertShape(I2L, L, 0);
      IntVector i2 = IntVector.fromArray(I, l2, lowAt + k);
      IntVector d2 = IntVector.fromArray(I, h2, highAt + k).sub(i2);
      LongVector x2 = (LongVector) d2.lanewise(UMIN, d2.add(MODULUS)).convertShape(I2L, L, 0);
      IntVector i3 = IntVector.fromArray(I, l3, lowAt + k);
      IntVector d3 = IntVector.fromArray(I, h3, highAt + k).sub(i3);
      LongVector x3 = (LongVector) d3.lanewise(UMIN, d3.add(MODULUS)).convertShape(I2L, L, 0);
      LongVector r0 = x0.mul(y0).add(x1.mul(m1)).add(x2.mul(z0)).add(x3.mul(w1));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31)).add((LongVector) i0.convertShape(I2L, L, 0));
      LongVector r1 = x0.mul(y1).add(x1.mul(y0)).add(x2.mul(z1)).add(x3.mul(z0));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31)).add((LongVector) i1.convertShape(I2L, L, 0));
      LongVector r2 = x0.mul(y2).add(x1.mul(m3)).add(x2.mul(y0)).add(x3.mul(m1));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31)).add((LongVector) i2.convertShape(I2L, L, 0));
      LongVector r3 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31)).add((LongVector) i3.convertShape(I2L, L, 0));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, outAt + k);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, outAt + k);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, outAt + k);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** out = c v; out may be v. */
  static int scale(ExtVector v, Ext c, ExtVector out, int count) {
    int[] a0 = v.limb(0);
    int[] a1 = v.limb(1);
    int[] a2 = v.limb(2);
    int[] a3 = v.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = v.offset();
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i; differences are sums with negated constants.
    int s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    int s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    LongVector y0 = (LongVector) IntVector.broadcast(I, c.c0()).convertShape(I2L, L, 0);
    LongVector y1 = (LongVector) IntVector.broadcast(I, c.c1()).convertShape(I2L, L, 0);
    LongVector y2 = (LongVector) IntVector.broadcast(I, c.c2()).convertShape(I2L, L, 0);
    LongVector y3 = (LongVector) IntVector.broadcast(I, c.c3()).convertShape(I2L, L, 0);
    LongVector z0 = (LongVector) IntVector.broadcast(I, s0).convertShape(I2L, L, 0);
    LongVector z1 = (LongVector) IntVector.broadcast(I, s1).convertShape(I2L, L, 0);
    LongVector m1 = (LongVector) IntVector.broadcast(I, P - c.c1()).convertShape(I2L, L, 0);
    LongVector m3 = (LongVector) IntVector.broadcast(I, P - c.c3()).convertShape(I2L, L, 0);
    LongVector w1 = (LongVector) IntVector.broadcast(I, P - s1).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, at + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, at + k).convertShape(I2L, L, 0);
      LongVector x2 = (LongVector) IntVector.fromArray(I, a2, at + k).convertShape(I2L, L, 0);
      LongVector x3 = (LongVector) IntVector.fromArray(I, a3, at + k).convertShape(I2L, L, 0);
      LongVector r0 = x0.mul(y0).add(x1.mul(m1)).add(x2.mul(z0)).add(x3.mul(w1));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      LongVector r1 = x0.mul(y1).add(x1.mul(y0)).add(x2.mul(z1)).add(x3.mul(z0));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      LongVector r2 = x0.mul(y2).add(x1.mul(m3)).add(x2.mul(y0)).add(x3.mul(m1));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      LongVector r3 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, outAt + k);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, outAt + k);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, outAt + k);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** out = out + c v. */
  static int addScaled(ExtVector v, Ext c, ExtVector out, int count) {
    int[] a0 = v.limb(0);
    int[] a1 = v.limb(1);
    int[] a2 = v.limb(2);
    int[] a3 = v.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = v.offset();
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i; differences are sums with negated constants.
    int s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    int s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    LongVector y0 = (LongVector) IntVector.broadcast(I, c.c0()).convertShape(I2L, L, 0);
    LongVector y1 = (LongVector) IntVector.broadcast(I, c.c1()).convertShape(I2L, L, 0);
    LongVector y2 = (LongVector) IntVector.broadcast(I, c.c2()).convertShape(I2L, L, 0);
    LongVector y3 = (LongVector) IntVector.broadcast(I, c.c3()).convertShape(I2L, L, 0);
    LongVector z0 = (LongVector) IntVector.broadcast(I, s0).convertShape(I2L, L, 0);
    LongVector z1 = (LongVector) IntVector.broadcast(I, s1).convertShape(I2L, L, 0);
    LongVector m1 = (LongVector) IntVector.broadcast(I, P - c.c1()).convertShape(I2L, L, 0);
    LongVector m3 = (LongVector) IntVector.broadcast(I, P - c.c3()).convertShape(I2L, L, 0);
    LongVector w1 = (LongVector) IntVector.broadcast(I, P - s1).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, at + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, at + k).convertShape(I2L, L, 0);
      LongVector x2 = (LongVector) IntVector.fromArray(I, a2, at + k).convertShape(I2L, L, 0);
      LongVector x3 = (LongVector) IntVector.fromArray(I, a3, at + k).convertShape(I2L, L, 0);
      LongVector r0 = x0.mul(y0).add(x1.mul(m1)).add(x2.mul(z0)).add(x3.mul(w1));
      r0 =
          r0.and(LOW)
              .add(r0.lanewise(LSHR, 31))
              .add((LongVector) IntVector.fromArray(I, o0, outAt + k).convertShape(I2L, L, 0));
      LongVector r1 = x0.mul(y1).add(x1.mul(y0)).add(x2.mul(z1)).add(x3.mul(z0));
      r1 =
          r1.and(LOW)
              .add(r1.lanewise(LSHR, 31))
              .add((LongVector) IntVector.fromArray(I, o1, outAt + k).convertShape(I2L, L, 0));
      LongVector r2 = x0.mul(y2).add(x1.mul(m3)).add(x2.mul(y0)).add(x3.mul(m1));
      r2 =
          r2.and(LOW)
              .add(r2.lanewise(LSHR, 31))
              .add((LongVector) IntVector.fromArray(I, o2, outAt + k).convertShape(I2L, L, 0));
      LongVector r3 = x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0));
      r3 =
          r3.and(LOW)
              .add(r3.lanewise(LSHR, 31))
              .add((LongVector) IntVector.fromArray(I, o3, outAt + k).convertShape(I2L, L, 0));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, outAt + k);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, outAt + k);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, outAt + k);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, outAt + k);
    }
    return end;
  }
}
