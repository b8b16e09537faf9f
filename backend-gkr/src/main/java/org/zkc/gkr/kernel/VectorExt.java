package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * Products of E, vectorised. Limbs are widened to 64 bits; products of canonical residues are below 2^62, so four of
 * them add up below 2^64, read as unsigned, before one fold by 2^31 = 1.
 *
 * <p>Each method handles the largest multiple of {@link #STEP} and returns it; the caller does the tail. The bodies are
 * written out: helpers past C2's inlining limits would box every vector, 100 times slower.
 */
final class VectorExt {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, halfShape());

  /** Elements per iteration. */
  static final int STEP = L.length();

  private static final int P = M31.P;
  private static final LongVector LOW = LongVector.broadcast(L, P);
  private static final IntVector MODULUS = IntVector.broadcast(I, P);

  private VectorExt() {}

  private static jdk.incubator.vector.VectorShape halfShape() {
    return jdk.incubator.vector.VectorShape.forBitSize(L.vectorBitSize() / 2);
  }

  private static LongVector wide(IntVector v) {
    return (LongVector) v.convertShape(VectorOperators.I2L, L, 0);
  }

  private static LongVector load(int[] limb, int at) {
    return (LongVector) IntVector.fromArray(I, limb, at).convertShape(VectorOperators.I2L, L, 0);
  }

  private static LongVector fold(LongVector x) {
    return x.and(LOW).add(x.lanewise(VectorOperators.LSHR, 31));
  }

  // From sums below 2^40 to canonical residues.
  private static IntVector reduce(LongVector x) {
    LongVector y = x.and(LOW).add(x.lanewise(VectorOperators.LSHR, 31));
    IntVector z = (IntVector) y.convertShape(VectorOperators.L2I, I, 0);
    return z.lanewise(VectorOperators.UMIN, z.sub(MODULUS));
  }

  /** out = a b. */
  static int multiply(ExtVector a, ExtVector b, ExtVector out, int count) {
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
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int outAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = load(a0, aAt + k);
      IntVector i1 = IntVector.fromArray(I, a1, aAt + k);
      LongVector x1 = wide(i1);
      LongVector n1 = wide(MODULUS.sub(i1));
      LongVector x2 = load(a2, aAt + k);
      IntVector i3 = IntVector.fromArray(I, a3, aAt + k);
      LongVector x3 = wide(i3);
      LongVector n3 = wide(MODULUS.sub(i3));
      LongVector y0 = load(b0, bAt + k);
      LongVector y1 = load(b1, bAt + k);
      LongVector y2 = load(b2, bAt + k);
      LongVector y3 = load(b3, bAt + k);
      LongVector highReal = fold(x2.mul(y2).add(n3.mul(y3)));
      LongVector highImaginary = fold(x2.mul(y3).add(x3.mul(y2)));
      LongVector real = fold(x0.mul(y0).add(n1.mul(y1))).add(highReal).add(highReal).add(4L * P).sub(highImaginary);
      LongVector imaginary = fold(x0.mul(y1).add(x1.mul(y0))).add(highReal).add(highImaginary).add(highImaginary);
      LongVector v0 = fold(x0.mul(y2).add(n1.mul(y3)).add(x2.mul(y0)).add(n3.mul(y1)));
      LongVector v1 = fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0)));
      reduce(real).intoArray(o0, outAt + k);
      reduce(imaginary).intoArray(o1, outAt + k);
      reduce(v0).intoArray(o2, outAt + k);
      reduce(v1).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** out = a b + c d; out may be any of the arguments. */
  static int multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out, int count) {
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
    int aAt = a.offset();
    int bAt = b.offset();
    int cAt = c.offset();
    int dAt = d.offset();
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int outAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = load(a0, aAt + k);
      IntVector i1 = IntVector.fromArray(I, a1, aAt + k);
      LongVector x1 = wide(i1);
      LongVector n1 = wide(MODULUS.sub(i1));
      LongVector x2 = load(a2, aAt + k);
      IntVector i3 = IntVector.fromArray(I, a3, aAt + k);
      LongVector x3 = wide(i3);
      LongVector n3 = wide(MODULUS.sub(i3));
      LongVector y0 = load(b0, bAt + k);
      LongVector y1 = load(b1, bAt + k);
      LongVector y2 = load(b2, bAt + k);
      LongVector y3 = load(b3, bAt + k);
      LongVector highReal = x2.mul(y2).add(n3.mul(y3));
      LongVector highImaginary = x2.mul(y3).add(x3.mul(y2));
      LongVector real = x0.mul(y0).add(n1.mul(y1));
      LongVector imaginary = x0.mul(y1).add(x1.mul(y0));
      LongVector v0 = fold(x0.mul(y2).add(n1.mul(y3)).add(x2.mul(y0)).add(n3.mul(y1)));
      LongVector v1 = fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0)));
      x0 = load(c0, cAt + k);
      i1 = IntVector.fromArray(I, c1, cAt + k);
      x1 = wide(i1);
      n1 = wide(MODULUS.sub(i1));
      x2 = load(c2, cAt + k);
      i3 = IntVector.fromArray(I, c3, cAt + k);
      x3 = wide(i3);
      n3 = wide(MODULUS.sub(i3));
      y0 = load(d0, dAt + k);
      y1 = load(d1, dAt + k);
      y2 = load(d2, dAt + k);
      y3 = load(d3, dAt + k);
      highReal = fold(highReal.add(x2.mul(y2)).add(n3.mul(y3)));
      highImaginary = fold(highImaginary.add(x2.mul(y3)).add(x3.mul(y2)));
      real = fold(real.add(x0.mul(y0)).add(n1.mul(y1)));
      imaginary = fold(imaginary.add(x0.mul(y1)).add(x1.mul(y0)));
      v0 = v0.add(fold(x0.mul(y2).add(n1.mul(y3)).add(x2.mul(y0)).add(n3.mul(y1))));
      v1 = v1.add(fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0))));
      reduce(real.add(highReal).add(highReal).add(8L * P).sub(highImaginary)).intoArray(o0, outAt + k);
      reduce(imaginary.add(highReal).add(highImaginary).add(highImaginary)).intoArray(o1, outAt + k);
      reduce(v0).intoArray(o2, outAt + k);
      reduce(v1).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** Adds the sum of a[k] b[k] over the handled k to sums[0]. */
  static int dot(ExtVector a, ExtVector b, int count, Ext[] sums) {
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
      LongVector x0 = load(a0, aAt + k);
      IntVector i1 = IntVector.fromArray(I, a1, aAt + k);
      LongVector x1 = wide(i1);
      LongVector n1 = wide(MODULUS.sub(i1));
      LongVector x2 = load(a2, aAt + k);
      IntVector i3 = IntVector.fromArray(I, a3, aAt + k);
      LongVector x3 = wide(i3);
      LongVector n3 = wide(MODULUS.sub(i3));
      LongVector y0 = load(b0, bAt + k);
      LongVector y1 = load(b1, bAt + k);
      LongVector y2 = load(b2, bAt + k);
      LongVector y3 = load(b3, bAt + k);
      highReal = highReal.add(fold(x2.mul(y2).add(n3.mul(y3))));
      highImaginary = highImaginary.add(fold(x2.mul(y3).add(x3.mul(y2))));
      real = real.add(fold(x0.mul(y0).add(n1.mul(y1))));
      imaginary = imaginary.add(fold(x0.mul(y1).add(x1.mul(y0))));
      v0 = v0.add(fold(x0.mul(y2).add(n1.mul(y3)).add(x2.mul(y0)).add(n3.mul(y1))));
      v1 = v1.add(fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0))));
    }
    // Lanes are folded before they are added up.
    int hr = sum(highReal);
    int hi = sum(highImaginary);
    sums[0] =
        sums[0].add(
            new Ext(
                M31.sub(M31.add(sum(real), M31.add(hr, hr)), hi),
                M31.add(sum(imaginary), M31.add(hr, M31.add(hi, hi))),
                sum(v0),
                sum(v1)));
    return end;
  }

  private static int sum(LongVector lanes) {
    return M31.reduce(fold(lanes).reduceLanes(VectorOperators.ADD));
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
    int lowAt = low.offset();
    int highAt = high.offset();
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int outAt = out.offset();
    // (2 + i)(c2 + c3 i) = s0 + s1 i.
    int s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    int s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    LongVector y0 = wide(IntVector.broadcast(I, c.c0()));
    LongVector y1 = wide(IntVector.broadcast(I, c.c1()));
    LongVector y2 = wide(IntVector.broadcast(I, c.c2()));
    LongVector y3 = wide(IntVector.broadcast(I, c.c3()));
    LongVector z0 = wide(IntVector.broadcast(I, s0));
    LongVector z1 = wide(IntVector.broadcast(I, s1));
    LongVector m1 = wide(IntVector.broadcast(I, P - c.c1()));
    LongVector m3 = wide(IntVector.broadcast(I, P - c.c3()));
    LongVector w1 = wide(IntVector.broadcast(I, P - s1));
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector i0 = IntVector.fromArray(I, l0, lowAt + k);
      IntVector i1 = IntVector.fromArray(I, l1, lowAt + k);
      IntVector i2 = IntVector.fromArray(I, l2, lowAt + k);
      IntVector i3 = IntVector.fromArray(I, l3, lowAt + k);
      IntVector d0 = IntVector.fromArray(I, h0, highAt + k).sub(i0);
      IntVector d1 = IntVector.fromArray(I, h1, highAt + k).sub(i1);
      IntVector d2 = IntVector.fromArray(I, h2, highAt + k).sub(i2);
      IntVector d3 = IntVector.fromArray(I, h3, highAt + k).sub(i3);
      LongVector x0 = wide(d0.lanewise(VectorOperators.UMIN, d0.add(MODULUS)));
      LongVector x1 = wide(d1.lanewise(VectorOperators.UMIN, d1.add(MODULUS)));
      LongVector x2 = wide(d2.lanewise(VectorOperators.UMIN, d2.add(MODULUS)));
      LongVector x3 = wide(d3.lanewise(VectorOperators.UMIN, d3.add(MODULUS)));
      LongVector r0 = fold(x0.mul(y0).add(x1.mul(m1)).add(x2.mul(z0)).add(x3.mul(w1)));
      LongVector r1 = fold(x0.mul(y1).add(x1.mul(y0)).add(x2.mul(z1)).add(x3.mul(z0)));
      LongVector r2 = fold(x0.mul(y2).add(x1.mul(m3)).add(x2.mul(y0)).add(x3.mul(m1)));
      LongVector r3 = fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0)));
      reduce(r0.add(wide(i0))).intoArray(o0, outAt + k);
      reduce(r1.add(wide(i1))).intoArray(o1, outAt + k);
      reduce(r2.add(wide(i2))).intoArray(o2, outAt + k);
      reduce(r3.add(wide(i3))).intoArray(o3, outAt + k);
    }
    return end;
  }

  /** out = c v, or accumulator + c v where out is the accumulator and {@code add} is set. */
  static int scale(ExtVector v, Ext c, boolean add, ExtVector out, int count) {
    int[] v0 = v.limb(0);
    int[] v1 = v.limb(1);
    int[] v2 = v.limb(2);
    int[] v3 = v.limb(3);
    int at = v.offset();
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int outAt = out.offset();
    int s0 = M31.sub(M31.add(c.c2(), c.c2()), c.c3());
    int s1 = M31.add(M31.add(c.c3(), c.c3()), c.c2());
    LongVector y0 = wide(IntVector.broadcast(I, c.c0()));
    LongVector y1 = wide(IntVector.broadcast(I, c.c1()));
    LongVector y2 = wide(IntVector.broadcast(I, c.c2()));
    LongVector y3 = wide(IntVector.broadcast(I, c.c3()));
    LongVector z0 = wide(IntVector.broadcast(I, s0));
    LongVector z1 = wide(IntVector.broadcast(I, s1));
    LongVector m1 = wide(IntVector.broadcast(I, P - c.c1()));
    LongVector m3 = wide(IntVector.broadcast(I, P - c.c3()));
    LongVector w1 = wide(IntVector.broadcast(I, P - s1));
    LongVector keep = LongVector.broadcast(L, add ? -1 : 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = load(v0, at + k);
      LongVector x1 = load(v1, at + k);
      LongVector x2 = load(v2, at + k);
      LongVector x3 = load(v3, at + k);
      LongVector r0 = fold(x0.mul(y0).add(x1.mul(m1)).add(x2.mul(z0)).add(x3.mul(w1)));
      LongVector r1 = fold(x0.mul(y1).add(x1.mul(y0)).add(x2.mul(z1)).add(x3.mul(z0)));
      LongVector r2 = fold(x0.mul(y2).add(x1.mul(m3)).add(x2.mul(y0)).add(x3.mul(m1)));
      LongVector r3 = fold(x0.mul(y3).add(x1.mul(y2)).add(x2.mul(y1)).add(x3.mul(y0)));
      reduce(r0.add(load(o0, outAt + k).and(keep))).intoArray(o0, outAt + k);
      reduce(r1.add(load(o1, outAt + k).and(keep))).intoArray(o1, outAt + k);
      reduce(r2.add(load(o2, outAt + k).and(keep))).intoArray(o2, outAt + k);
      reduce(r3.add(load(o3, outAt + k).and(keep))).intoArray(o3, outAt + k);
    }
    return end;
  }
}
