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
 * Sums of vectors over F with factors in E, vectorised and written out like {@link VectorExt}: each
 * method returns how many elements it handled.
 */
final class VectorAffine {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(L.vectorBitSize() / 2));

  static final int STEP = L.length();

  private static final LongVector LOW = LongVector.broadcast(L, M31.P);
  private static final LongVector ZERO = LongVector.zero(L);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);

  private VectorAffine() {}

  /** out = c + f x + g y. */
  static int ofTwo(
      Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out, int count) {
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = out.offset();
    LongVector c0 = LongVector.broadcast(L, c.c0());
    LongVector c1 = LongVector.broadcast(L, c.c1());
    LongVector c2 = LongVector.broadcast(L, c.c2());
    LongVector c3 = LongVector.broadcast(L, c.c3());
    LongVector f0 = (LongVector) IntVector.broadcast(I, f.c0()).convertShape(I2L, L, 0);
    LongVector f1 = (LongVector) IntVector.broadcast(I, f.c1()).convertShape(I2L, L, 0);
    LongVector f2 = (LongVector) IntVector.broadcast(I, f.c2()).convertShape(I2L, L, 0);
    LongVector f3 = (LongVector) IntVector.broadcast(I, f.c3()).convertShape(I2L, L, 0);
    LongVector g0 = (LongVector) IntVector.broadcast(I, g.c0()).convertShape(I2L, L, 0);
    LongVector g1 = (LongVector) IntVector.broadcast(I, g.c1()).convertShape(I2L, L, 0);
    LongVector g2 = (LongVector) IntVector.broadcast(I, g.c2()).convertShape(I2L, L, 0);
    LongVector g3 = (LongVector) IntVector.broadcast(I, g.c3()).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector u = (LongVector) IntVector.fromArray(I, x, xAt + k).convertShape(I2L, L, 0);
      LongVector v = (LongVector) IntVector.fromArray(I, y, yAt + k).convertShape(I2L, L, 0);
      LongVector r0 = u.mul(f0).add(v.mul(g0)).add(c0);
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, at + k);
      LongVector r1 = u.mul(f1).add(v.mul(g1)).add(c1);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, at + k);
      LongVector r2 = u.mul(f2).add(v.mul(g2)).add(c2);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, at + k);
      LongVector r3 = u.mul(f3).add(v.mul(g3)).add(c3);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, at + k);
    }
    return end;
  }

  /**
   * out = c + the sum of f[j] x[j], four of them. Four products of residues and one residue add up
   * below 2^64.
   */
  static int ofFour(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out, int count) {
    int[] x0 = x[0];
    int[] x1 = x[1];
    int[] x2 = x[2];
    int[] x3 = x[3];
    int at0 = xAt[0];
    int at1 = xAt[1];
    int at2 = xAt[2];
    int at3 = xAt[3];
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = out.offset();
    LongVector c0 = LongVector.broadcast(L, c.c0());
    LongVector c1 = LongVector.broadcast(L, c.c1());
    LongVector c2 = LongVector.broadcast(L, c.c2());
    LongVector c3 = LongVector.broadcast(L, c.c3());
    LongVector f00 = (LongVector) IntVector.broadcast(I, f[0].c0()).convertShape(I2L, L, 0);
    LongVector f01 = (LongVector) IntVector.broadcast(I, f[0].c1()).convertShape(I2L, L, 0);
    LongVector f02 = (LongVector) IntVector.broadcast(I, f[0].c2()).convertShape(I2L, L, 0);
    LongVector f03 = (LongVector) IntVector.broadcast(I, f[0].c3()).convertShape(I2L, L, 0);
    LongVector f10 = (LongVector) IntVector.broadcast(I, f[1].c0()).convertShape(I2L, L, 0);
    LongVector f11 = (LongVector) IntVector.broadcast(I, f[1].c1()).convertShape(I2L, L, 0);
    LongVector f12 = (LongVector) IntVector.broadcast(I, f[1].c2()).convertShape(I2L, L, 0);
    LongVector f13 = (LongVector) IntVector.broadcast(I, f[1].c3()).convertShape(I2L, L, 0);
    LongVector f20 = (LongVector) IntVector.broadcast(I, f[2].c0()).convertShape(I2L, L, 0);
    LongVector f21 = (LongVector) IntVector.broadcast(I, f[2].c1()).convertShape(I2L, L, 0);
    LongVector f22 = (LongVector) IntVector.broadcast(I, f[2].c2()).convertShape(I2L, L, 0);
    LongVector f23 = (LongVector) IntVector.broadcast(I, f[2].c3()).convertShape(I2L, L, 0);
    LongVector f30 = (LongVector) IntVector.broadcast(I, f[3].c0()).convertShape(I2L, L, 0);
    LongVector f31 = (LongVector) IntVector.broadcast(I, f[3].c1()).convertShape(I2L, L, 0);
    LongVector f32 = (LongVector) IntVector.broadcast(I, f[3].c2()).convertShape(I2L, L, 0);
    LongVector f33 = (LongVector) IntVector.broadcast(I, f[3].c3()).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector u0 = (LongVector) IntVector.fromArray(I, x0, at0 + k).convertShape(I2L, L, 0);
      LongVector u1 = (LongVector) IntVector.fromArray(I, x1, at1 + k).convertShape(I2L, L, 0);
      LongVector u2 = (LongVector) IntVector.fromArray(I, x2, at2 + k).convertShape(I2L, L, 0);
      LongVector u3 = (LongVector) IntVector.fromArray(I, x3, at3 + k).convertShape(I2L, L, 0);
      LongVector r0 = u0.mul(f00).add(u1.mul(f10)).add(u2.mul(f20)).add(u3.mul(f30)).add(c0);
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, at + k);
      LongVector r1 = u0.mul(f01).add(u1.mul(f11)).add(u2.mul(f21)).add(u3.mul(f31)).add(c1);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, at + k);
      LongVector r2 = u0.mul(f02).add(u1.mul(f12)).add(u2.mul(f22)).add(u3.mul(f32)).add(c2);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, at + k);
      LongVector r3 = u0.mul(f03).add(u1.mul(f13)).add(u2.mul(f23)).add(u3.mul(f33)).add(c3);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, at + k);
    }
    return end;
  }

  /** Adds the sums of w[k] (a[k] + b[k]) and of w[k] a[k] b[k] over the handled k to sums. */
  static int dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w, int count, Ext[] sums) {
    if (count < STEP) {
      return 0;
    }
    int[] w0 = w.limb(0);
    int[] w1 = w.limb(1);
    int[] w2 = w.limb(2);
    int[] w3 = w.limb(3);
    int at = w.offset();
    int end = count - count % STEP;
    LongVector s0 = LongVector.zero(L);
    LongVector s1 = LongVector.zero(L);
    LongVector s2 = LongVector.zero(L);
    LongVector s3 = LongVector.zero(L);
    LongVector p0 = LongVector.zero(L);
    LongVector p1 = LongVector.zero(L);
    LongVector p2 = LongVector.zero(L);
    LongVector p3 = LongVector.zero(L);
    for (int k = 0; k < end; k += STEP) {
      IntVector u = IntVector.fromArray(I, a, aAt + k);
      IntVector v = IntVector.fromArray(I, b, bAt + k);
      IntVector t = u.add(v);
      LongVector sum = (LongVector) t.lanewise(UMIN, t.sub(MODULUS)).convertShape(I2L, L, 0);
      LongVector r =
          ((LongVector) u.convertShape(I2L, L, 0)).mul((LongVector) v.convertShape(I2L, L, 0));
      IntVector q = (IntVector) r.and(LOW).add(r.lanewise(LSHR, 31)).convertShape(L2I, I, 0);
      LongVector product = (LongVector) q.lanewise(UMIN, q.sub(MODULUS)).convertShape(I2L, L, 0);
      LongVector x = (LongVector) IntVector.fromArray(I, w0, at + k).convertShape(I2L, L, 0);
      r = sum.mul(x);
      s0 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(s0);
      r = product.mul(x);
      p0 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(p0);
      x = (LongVector) IntVector.fromArray(I, w1, at + k).convertShape(I2L, L, 0);
      r = sum.mul(x);
      s1 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(s1);
      r = product.mul(x);
      p1 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(p1);
      x = (LongVector) IntVector.fromArray(I, w2, at + k).convertShape(I2L, L, 0);
      r = sum.mul(x);
      s2 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(s2);
      r = product.mul(x);
      p2 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(p2);
      x = (LongVector) IntVector.fromArray(I, w3, at + k).convertShape(I2L, L, 0);
      r = sum.mul(x);
      s3 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(s3);
      r = product.mul(x);
      p3 = r.and(LOW).add(r.lanewise(LSHR, 31)).add(p3);
    }
    s0 = LOW.and(s0).add(ZERO.add(s0).lanewise(LSHR, 31));
    s1 = LOW.and(s1).add(ZERO.add(s1).lanewise(LSHR, 31));
    s2 = LOW.and(s2).add(ZERO.add(s2).lanewise(LSHR, 31));
    s3 = LOW.and(s3).add(ZERO.add(s3).lanewise(LSHR, 31));
    p0 = LOW.and(p0).add(ZERO.add(p0).lanewise(LSHR, 31));
    p1 = LOW.and(p1).add(ZERO.add(p1).lanewise(LSHR, 31));
    p2 = LOW.and(p2).add(ZERO.add(p2).lanewise(LSHR, 31));
    p3 = LOW.and(p3).add(ZERO.add(p3).lanewise(LSHR, 31));
    sums[0] =
        sums[0].add(
            new Ext(
                M31.reduce(ZERO.add(s0).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s1).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s2).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s3).reduceLanes(ADD))));
    sums[1] =
        sums[1].add(
            new Ext(
                M31.reduce(ZERO.add(p0).reduceLanes(ADD)),
                M31.reduce(ZERO.add(p1).reduceLanes(ADD)),
                M31.reduce(ZERO.add(p2).reduceLanes(ADD)),
                M31.reduce(ZERO.add(p3).reduceLanes(ADD))));
    return end;
  }
}
