package org.zkc.gkr.kernel;

import static jdk.incubator.vector.VectorOperators.UMIN;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * Sums and differences of E, all four limbs in one loop: each method handles the largest multiple
 * of {@link #STEP} and returns it. The bodies are too long to be inlined, which is meant: a caller
 * that inlines several of them passes C2's limits, and its vectors are boxed.
 */
final class VectorSums {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  /** Elements per iteration. */
  static final int STEP = I.length();

  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);

  private VectorSums() {}

  /** out = a + b; out may be either. */
  static int add(ExtVector a, ExtVector b, ExtVector out, int count) {
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
    int oAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector s0 = IntVector.fromArray(I, a0, aAt + k).add(IntVector.fromArray(I, b0, bAt + k));
      s0.lanewise(UMIN, s0.sub(MODULUS)).intoArray(o0, oAt + k);
      IntVector s1 = IntVector.fromArray(I, a1, aAt + k).add(IntVector.fromArray(I, b1, bAt + k));
      s1.lanewise(UMIN, s1.sub(MODULUS)).intoArray(o1, oAt + k);
      IntVector s2 = IntVector.fromArray(I, a2, aAt + k).add(IntVector.fromArray(I, b2, bAt + k));
      s2.lanewise(UMIN, s2.sub(MODULUS)).intoArray(o2, oAt + k);
      IntVector s3 = IntVector.fromArray(I, a3, aAt + k).add(IntVector.fromArray(I, b3, bAt + k));
      s3.lanewise(UMIN, s3.sub(MODULUS)).intoArray(o3, oAt + k);
    }
    return end;
  }

  /** out = a - b; out may be either. */
  static int subtract(ExtVector a, ExtVector b, ExtVector out, int count) {
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
    int oAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector d0 = IntVector.fromArray(I, a0, aAt + k).sub(IntVector.fromArray(I, b0, bAt + k));
      d0.lanewise(UMIN, d0.add(MODULUS)).intoArray(o0, oAt + k);
      IntVector d1 = IntVector.fromArray(I, a1, aAt + k).sub(IntVector.fromArray(I, b1, bAt + k));
      d1.lanewise(UMIN, d1.add(MODULUS)).intoArray(o1, oAt + k);
      IntVector d2 = IntVector.fromArray(I, a2, aAt + k).sub(IntVector.fromArray(I, b2, bAt + k));
      d2.lanewise(UMIN, d2.add(MODULUS)).intoArray(o2, oAt + k);
      IntVector d3 = IntVector.fromArray(I, a3, aAt + k).sub(IntVector.fromArray(I, b3, bAt + k));
      d3.lanewise(UMIN, d3.add(MODULUS)).intoArray(o3, oAt + k);
    }
    return end;
  }

  /** out = 2 high - low, the value at t = 2 of the lines through low at 0 and high at 1. */
  static int atTwo(ExtVector low, ExtVector high, ExtVector out, int count) {
    int[] l0 = low.limb(0);
    int[] l1 = low.limb(1);
    int[] l2 = low.limb(2);
    int[] l3 = low.limb(3);
    int[] u0 = high.limb(0);
    int[] u1 = high.limb(1);
    int[] u2 = high.limb(2);
    int[] u3 = high.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int lAt = low.offset();
    int uAt = high.offset();
    int oAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector h0 = IntVector.fromArray(I, u0, uAt + k);
      IntVector s0 = h0.add(h0);
      IntVector d0 = s0.lanewise(UMIN, s0.sub(MODULUS)).sub(IntVector.fromArray(I, l0, lAt + k));
      d0.lanewise(UMIN, d0.add(MODULUS)).intoArray(o0, oAt + k);
      IntVector h1 = IntVector.fromArray(I, u1, uAt + k);
      IntVector s1 = h1.add(h1);
      IntVector d1 = s1.lanewise(UMIN, s1.sub(MODULUS)).sub(IntVector.fromArray(I, l1, lAt + k));
      d1.lanewise(UMIN, d1.add(MODULUS)).intoArray(o1, oAt + k);
      IntVector h2 = IntVector.fromArray(I, u2, uAt + k);
      IntVector s2 = h2.add(h2);
      IntVector d2 = s2.lanewise(UMIN, s2.sub(MODULUS)).sub(IntVector.fromArray(I, l2, lAt + k));
      d2.lanewise(UMIN, d2.add(MODULUS)).intoArray(o2, oAt + k);
      IntVector h3 = IntVector.fromArray(I, u3, uAt + k);
      IntVector s3 = h3.add(h3);
      IntVector d3 = s3.lanewise(UMIN, s3.sub(MODULUS)).sub(IntVector.fromArray(I, l3, lAt + k));
      d3.lanewise(UMIN, d3.add(MODULUS)).intoArray(o3, oAt + k);
    }
    return end;
  }

  /** {@link #atTwo}, and three = 3 high - 2 low. */
  static int atTwoAndThree(
      ExtVector low, ExtVector high, ExtVector two, ExtVector three, int count) {
    int[] l0 = low.limb(0);
    int[] l1 = low.limb(1);
    int[] l2 = low.limb(2);
    int[] l3 = low.limb(3);
    int[] u0 = high.limb(0);
    int[] u1 = high.limb(1);
    int[] u2 = high.limb(2);
    int[] u3 = high.limb(3);
    int[] o0 = two.limb(0);
    int[] o1 = two.limb(1);
    int[] o2 = two.limb(2);
    int[] o3 = two.limb(3);
    int[] p0 = three.limb(0);
    int[] p1 = three.limb(1);
    int[] p2 = three.limb(2);
    int[] p3 = three.limb(3);
    int lAt = low.offset();
    int uAt = high.offset();
    int oAt = two.offset();
    int pAt = three.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      IntVector h0 = IntVector.fromArray(I, u0, uAt + k);
      IntVector d0 = h0.sub(IntVector.fromArray(I, l0, lAt + k));
      d0 = d0.lanewise(UMIN, d0.add(MODULUS));
      IntVector s0 = h0.add(d0);
      s0 = s0.lanewise(UMIN, s0.sub(MODULUS));
      s0.intoArray(o0, oAt + k);
      s0 = s0.add(d0);
      s0.lanewise(UMIN, s0.sub(MODULUS)).intoArray(p0, pAt + k);
      IntVector h1 = IntVector.fromArray(I, u1, uAt + k);
      IntVector d1 = h1.sub(IntVector.fromArray(I, l1, lAt + k));
      d1 = d1.lanewise(UMIN, d1.add(MODULUS));
      IntVector s1 = h1.add(d1);
      s1 = s1.lanewise(UMIN, s1.sub(MODULUS));
      s1.intoArray(o1, oAt + k);
      s1 = s1.add(d1);
      s1.lanewise(UMIN, s1.sub(MODULUS)).intoArray(p1, pAt + k);
      IntVector h2 = IntVector.fromArray(I, u2, uAt + k);
      IntVector d2 = h2.sub(IntVector.fromArray(I, l2, lAt + k));
      d2 = d2.lanewise(UMIN, d2.add(MODULUS));
      IntVector s2 = h2.add(d2);
      s2 = s2.lanewise(UMIN, s2.sub(MODULUS));
      s2.intoArray(o2, oAt + k);
      s2 = s2.add(d2);
      s2.lanewise(UMIN, s2.sub(MODULUS)).intoArray(p2, pAt + k);
      IntVector h3 = IntVector.fromArray(I, u3, uAt + k);
      IntVector d3 = h3.sub(IntVector.fromArray(I, l3, lAt + k));
      d3 = d3.lanewise(UMIN, d3.add(MODULUS));
      IntVector s3 = h3.add(d3);
      s3 = s3.lanewise(UMIN, s3.sub(MODULUS));
      s3.intoArray(o3, oAt + k);
      s3 = s3.add(d3);
      s3.lanewise(UMIN, s3.sub(MODULUS)).intoArray(p3, pAt + k);
    }
    return end;
  }

  /** out[k] = 2 base[high + k] - base[low + k], over F, to the end of the range. */
  static void atTwo(int[] base, int low, int high, int[] out, int count) {
    int k = 0;
    for (; k <= count - STEP; k += STEP) {
      IntVector h = IntVector.fromArray(I, base, high + k);
      IntVector s = h.add(h);
      IntVector d = s.lanewise(UMIN, s.sub(MODULUS)).sub(IntVector.fromArray(I, base, low + k));
      d.lanewise(UMIN, d.add(MODULUS)).intoArray(out, k);
    }
    for (; k < count; k++) {
      int h = base[high + k];
      out[k] = M31.sub(M31.add(h, h), base[low + k]);
    }
  }
}
