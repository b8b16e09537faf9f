package org.zkc.gkr.kernel;

import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.L2I;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMIN;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * Products of F with F, and squares of E, vectorised like {@link VectorExt}: each method returns
 * how many elements it handled. Factors are widened ints, constants too: C2 multiplies 32-bit words
 * where it sees both factors widened, and 64-bit ones, in more instructions, elsewhere.
 */
final class VectorResidues {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I =
      VectorSpecies.of(int.class, VectorShape.forBitSize(L.vectorBitSize() / 2));

  static final int STEP = L.length();

  private static final LongVector LOW = LongVector.broadcast(L, M31.P);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);
  private static final LongVector BIAS = LongVector.broadcast(L, (long) M31.P << 31);
  private static final LongVector BIAS_FOLDED = LongVector.broadcast(L, 8L * M31.P);

  private VectorResidues() {}

  /** out = a b. */
  static int multiply(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector r =
          ((LongVector) IntVector.fromArray(I, a, aAt + k).convertShape(I2L, L, 0))
              .mul((LongVector) IntVector.fromArray(I, b, bAt + k).convertShape(I2L, L, 0));
      // Both parts of a product of residues are below 2^31: their sum fits 32 bits.
      IntVector o = (IntVector) r.and(LOW).add(r.lanewise(LSHR, 31)).convertShape(L2I, I, 0);
      o.lanewise(UMIN, o.sub(MODULUS)).intoArray(out, outAt + k);
    }
    return end;
  }

  /** out = a + c b. */
  static int addMultiple(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    int end = count - count % STEP;
    if (c == 1) {
      for (int k = 0; k < end; k += STEP) {
        IntVector s = IntVector.fromArray(I, a, aAt + k).add(IntVector.fromArray(I, b, bAt + k));
        s.lanewise(UMIN, s.sub(MODULUS)).intoArray(out, outAt + k);
      }
    } else if (c == M31.P - 1) {
      for (int k = 0; k < end; k += STEP) {
        IntVector d = IntVector.fromArray(I, a, aAt + k).sub(IntVector.fromArray(I, b, bAt + k));
        d.lanewise(UMIN, d.add(MODULUS)).intoArray(out, outAt + k);
      }
    } else {
      LongVector factor = (LongVector) IntVector.broadcast(I, c).convertShape(I2L, L, 0);
      for (int k = 0; k < end; k += STEP) {
        LongVector r =
            ((LongVector) IntVector.fromArray(I, b, bAt + k).convertShape(I2L, L, 0))
                .mul(factor)
                .add((LongVector) IntVector.fromArray(I, a, aAt + k).convertShape(I2L, L, 0));
        r = r.and(LOW).add(r.lanewise(LSHR, 31));
        IntVector o = (IntVector) r.convertShape(L2I, I, 0);
        o.lanewise(UMIN, o.sub(MODULUS)).intoArray(out, outAt + k);
      }
    }
    return end;
  }

  /**
   * out = a a: with a = x + y v, x and y complex, it is x^2 + (2 + i) y^2 + 2 x y v, half the
   * products of two factors.
   */
  static int square(ExtVector a, ExtVector out, int count) {
    int[] a0 = a.limb(0);
    int[] a1 = a.limb(1);
    int[] a2 = a.limb(2);
    int[] a3 = a.limb(3);
    int[] o0 = out.limb(0);
    int[] o1 = out.limb(1);
    int[] o2 = out.limb(2);
    int[] o3 = out.limb(3);
    int at = a.offset();
    int outAt = out.offset();
    int end = count - count % STEP;
    for (int k = 0; k < end; k += STEP) {
      LongVector x0 = (LongVector) IntVector.fromArray(I, a0, at + k).convertShape(I2L, L, 0);
      LongVector x1 = (LongVector) IntVector.fromArray(I, a1, at + k).convertShape(I2L, L, 0);
      LongVector y0 = (LongVector) IntVector.fromArray(I, a2, at + k).convertShape(I2L, L, 0);
      LongVector y1 = (LongVector) IntVector.fromArray(I, a3, at + k).convertShape(I2L, L, 0);
      LongVector real = x0.mul(x0).sub(x1.mul(x1)).add(BIAS);
      real = real.and(LOW).add(real.lanewise(LSHR, 31));
      LongVector imaginary = x0.mul(x1);
      imaginary = imaginary.and(LOW).add(imaginary.lanewise(LSHR, 31));
      LongVector highReal = y0.mul(y0).sub(y1.mul(y1)).add(BIAS);
      highReal = highReal.and(LOW).add(highReal.lanewise(LSHR, 31));
      LongVector highImaginary = y0.mul(y1);
      highImaginary = highImaginary.and(LOW).add(highImaginary.lanewise(LSHR, 31));
      highImaginary = highImaginary.add(highImaginary);
      LongVector v0 = x0.mul(y0).sub(x1.mul(y1)).add(BIAS);
      v0 = v0.and(LOW).add(v0.lanewise(LSHR, 31));
      v0 = v0.add(v0);
      LongVector v1 = x0.mul(y1).add(x1.mul(y0));
      v1 = v1.and(LOW).add(v1.lanewise(LSHR, 31));
      v1 = v1.add(v1);
      real = real.add(highReal).add(highReal).add(BIAS_FOLDED).sub(highImaginary);
      imaginary = imaginary.add(imaginary).add(highReal).add(highImaginary).add(highImaginary);
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
}
