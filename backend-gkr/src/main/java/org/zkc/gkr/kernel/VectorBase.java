package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/** Products of F with E, vectorised like {@link VectorExt}: each method returns how many elements it handled. */
final class VectorBase {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(L.vectorBitSize() / 2));

  static final int STEP = L.length();

  private static final LongVector LOW = LongVector.broadcast(L, M31.P);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);

  private VectorBase() {}

  private static LongVector load(int[] limb, int at) {
    return (LongVector) IntVector.fromArray(I, limb, at).convertShape(VectorOperators.I2L, L, 0);
  }

  private static LongVector wide(int constant) {
    return (LongVector) IntVector.broadcast(I, constant).convertShape(VectorOperators.I2L, L, 0);
  }

  private static LongVector fold(LongVector x) {
    return x.and(LOW).add(x.lanewise(VectorOperators.LSHR, 31));
  }

  // From values below 2^63 to canonical residues.
  private static IntVector reduce(LongVector x) {
    LongVector y = fold(fold(x));
    IntVector z = (IntVector) y.convertShape(VectorOperators.L2I, I, 0);
    return z.lanewise(VectorOperators.UMIN, z.sub(MODULUS));
  }

  /** Adds the sum of base[k] b[k] over the handled k to sums[0]. */
  static int dot(int[] base, int offset, ExtVector b, int count, Ext[] sums) {
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
      LongVector x = load(base, offset + k);
      s0 = s0.add(fold(x.mul(load(b0, at + k))));
      s1 = s1.add(fold(x.mul(load(b1, at + k))));
      s2 = s2.add(fold(x.mul(load(b2, at + k))));
      s3 = s3.add(fold(x.mul(load(b3, at + k))));
    }
    sums[0] = sums[0].add(new Ext(sum(s0), sum(s1), sum(s2), sum(s3)));
    return end;
  }

  private static int sum(LongVector lanes) {
    return M31.reduce(fold(lanes).reduceLanes(VectorOperators.ADD));
  }

  /** accumulator[k] += c base[k]. */
  static int addScaled(ExtVector accumulator, Ext c, int[] base, int offset, int count) {
    int[] a0 = accumulator.limb(0);
    int[] a1 = accumulator.limb(1);
    int[] a2 = accumulator.limb(2);
    int[] a3 = accumulator.limb(3);
    int at = accumulator.offset();
    LongVector c0 = wide(c.c0());
    LongVector c1 = wide(c.c1());
    LongVector c2 = wide(c.c2());
    LongVector c3 = wide(c.c3());
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x = load(base, offset + k);
      reduce(x.mul(c0).add(load(a0, at + k))).intoArray(a0, at + k);
      reduce(x.mul(c1).add(load(a1, at + k))).intoArray(a1, at + k);
      reduce(x.mul(c2).add(load(a2, at + k))).intoArray(a2, at + k);
      reduce(x.mul(c3).add(load(a3, at + k))).intoArray(a3, at + k);
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
    LongVector c0 = wide(c.c0());
    LongVector c1 = wide(c.c1());
    LongVector c2 = wide(c.c2());
    LongVector c3 = wide(c.c3());
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector low = IntVector.fromArray(I, base, lowAt + k);
      IntVector d = IntVector.fromArray(I, base, highAt + k).sub(low);
      LongVector x = (LongVector) d.lanewise(VectorOperators.UMIN, d.add(MODULUS)).convertShape(VectorOperators.I2L, L, 0);
      LongVector addend = (LongVector) low.convertShape(VectorOperators.I2L, L, 0);
      reduce(x.mul(c0).add(addend)).intoArray(o0, at + k);
      reduce(x.mul(c1)).intoArray(o1, at + k);
      reduce(x.mul(c2)).intoArray(o2, at + k);
      reduce(x.mul(c3)).intoArray(o3, at + k);
    }
    return end;
  }
}
