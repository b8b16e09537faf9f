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
 * Products of F with E, vectorised and written out like {@link VectorExt}: each method returns how
 * many elements it handled.
 */
final class VectorBase {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(L.vectorBitSize() / 2));

  static final int STEP = L.length();

  private static final LongVector LOW = LongVector.broadcast(L, M31.P);
  private static final LongVector ZERO = LongVector.zero(L);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);

  private VectorBase() {}

  /** Adds the sum of base[k] b[k] over the handled k to sum[0]. */
  static int dot(int[] base, int offset, ExtVector b, int count, Ext[] sum) {
    if (count < STEP) {
      return 0;
    }
    int[] b0 = b.limb(0);
    int[] b1 = b.limb(1);
    int[] b2 = b.limb(2);
    int[] b3 = b.limb(3);
    int at = b.offset();
    int end = count - count % STEP;
    LongVector s0 = LongVector.zero(L);
    LongVector s1 = LongVector.zero(L);
    LongVector s2 = LongVector.zero(L);
    LongVector s3 = LongVector.zero(L);
    for (int k = 0; k < end; k += STEP) {
      LongVector x = (LongVector) IntVector.fromArray(I, base, offset + k).convertShape(I2L, L, 0);
      LongVector t0 =
          x.mul((LongVector) IntVector.fromArray(I, b0, at + k).convertShape(I2L, L, 0));
      s0 = t0.and(LOW).add(t0.lanewise(LSHR, 31)).add(s0);
      LongVector t1 =
          x.mul((LongVector) IntVector.fromArray(I, b1, at + k).convertShape(I2L, L, 0));
      s1 = t1.and(LOW).add(t1.lanewise(LSHR, 31)).add(s1);
      LongVector t2 =
          x.mul((LongVector) IntVector.fromArray(I, b2, at + k).convertShape(I2L, L, 0));
      s2 = t2.and(LOW).add(t2.lanewise(LSHR, 31)).add(s2);
      LongVector t3 =
          x.mul((LongVector) IntVector.fromArray(I, b3, at + k).convertShape(I2L, L, 0));
      s3 = t3.and(LOW).add(t3.lanewise(LSHR, 31)).add(s3);
    }
    s0 = LOW.and(s0).add(ZERO.add(s0).lanewise(LSHR, 31));
    s1 = LOW.and(s1).add(ZERO.add(s1).lanewise(LSHR, 31));
    s2 = LOW.and(s2).add(ZERO.add(s2).lanewise(LSHR, 31));
    s3 = LOW.and(s3).add(ZERO.add(s3).lanewise(LSHR, 31));
    sum[0] =
        sum[0].add(
            new Ext(
                M31.reduce(ZERO.add(s0).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s1).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s2).reduceLanes(ADD)),
                M31.reduce(ZERO.add(s3).reduceLanes(ADD))));
    return end;
  }

  /** accumulator[k] += c base[k]. */
  static int addScaled(ExtVector accumulator, Ext c, int[] base, int offset, int count) {
    int[] a0 = accumulator.limb(0);
    int[] a1 = accumulator.limb(1);
    int[] a2 = accumulator.limb(2);
    int[] a3 = accumulator.limb(3);
    int at = accumulator.offset();
    LongVector c0 = (LongVector) IntVector.broadcast(I, c.c0()).convertShape(I2L, L, 0);
    LongVector c1 = (LongVector) IntVector.broadcast(I, c.c1()).convertShape(I2L, L, 0);
    LongVector c2 = (LongVector) IntVector.broadcast(I, c.c2()).convertShape(I2L, L, 0);
    LongVector c3 = (LongVector) IntVector.broadcast(I, c.c3()).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x = (LongVector) IntVector.fromArray(I, base, offset + k).convertShape(I2L, L, 0);
      LongVector r0 =
          x.mul(c0).add((LongVector) IntVector.fromArray(I, a0, at + k).convertShape(I2L, L, 0));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(a0, at + k);
      LongVector r1 =
          x.mul(c1).add((LongVector) IntVector.fromArray(I, a1, at + k).convertShape(I2L, L, 0));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(a1, at + k);
      LongVector r2 =
          x.mul(c2).add((LongVector) IntVector.fromArray(I, a2, at + k).convertShape(I2L, L, 0));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(a2, at + k);
      LongVector r3 =
          x.mul(c3).add((LongVector) IntVector.fromArray(I, a3, at + k).convertShape(I2L, L, 0));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(a3, at + k);
    }
    return end;
  }

  /** out = low + c (high - low) for low and high over F. */
  static int line(int[] base, int lowAt, int highAt, Ext c, ExtVector out, int count) {
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = out.offset();
    LongVector c0 = (LongVector) IntVector.broadcast(I, c.c0()).convertShape(I2L, L, 0);
    LongVector c1 = (LongVector) IntVector.broadcast(I, c.c1()).convertShape(I2L, L, 0);
    LongVector c2 = (LongVector) IntVector.broadcast(I, c.c2()).convertShape(I2L, L, 0);
    LongVector c3 = (LongVector) IntVector.broadcast(I, c.c3()).convertShape(I2L, L, 0);
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector low = IntVector.fromArray(I, base, lowAt + k);
      IntVector d = IntVector.fromArray(I, base, highAt + k).sub(low);
      LongVector x = (LongVector) d.lanewise(UMIN, d.add(MODULUS)).convertShape(I2L, L, 0);
      LongVector r0 = x.mul(c0).add((LongVector) low.convertShape(I2L, L, 0));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      r0 = r0.and(LOW).add(r0.lanewise(LSHR, 31));
      IntVector out0 = (IntVector) r0.convertShape(L2I, I, 0);
      out0.lanewise(UMIN, out0.sub(MODULUS)).intoArray(o0, at + k);
      LongVector r1 = x.mul(c1);
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      r1 = r1.and(LOW).add(r1.lanewise(LSHR, 31));
      IntVector out1 = (IntVector) r1.convertShape(L2I, I, 0);
      out1.lanewise(UMIN, out1.sub(MODULUS)).intoArray(o1, at + k);
      LongVector r2 = x.mul(c2);
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      r2 = r2.and(LOW).add(r2.lanewise(LSHR, 31));
      IntVector out2 = (IntVector) r2.convertShape(L2I, I, 0);
      out2.lanewise(UMIN, out2.sub(MODULUS)).intoArray(o2, at + k);
      LongVector r3 = x.mul(c3);
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      r3 = r3.and(LOW).add(r3.lanewise(LSHR, 31));
      IntVector out3 = (IntVector) r3.convertShape(L2I, I, 0);
      out3.lanewise(UMIN, out3.sub(MODULUS)).intoArray(o3, at + k);
    }
    return end;
  }
}
