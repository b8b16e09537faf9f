package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.M31;

/** Sums and differences of residues; each method handles the whole range, with a scalar tail. */
final class VectorSums {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);

  private VectorSums() {}

  /** out = a + b. */
  static void add(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    int k = 0;
    for (; k <= count - I.length(); k += I.length()) {
      IntVector s = IntVector.fromArray(I, a, aAt + k).add(IntVector.fromArray(I, b, bAt + k));
      s.lanewise(VectorOperators.UMIN, s.sub(MODULUS)).intoArray(out, outAt + k);
    }
    for (; k < count; k++) {
      out[outAt + k] = M31.add(a[aAt + k], b[bAt + k]);
    }
  }

  /** out = a - b. */
  static void subtract(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    int k = 0;
    for (; k <= count - I.length(); k += I.length()) {
      IntVector d = IntVector.fromArray(I, a, aAt + k).sub(IntVector.fromArray(I, b, bAt + k));
      d.lanewise(VectorOperators.UMIN, d.add(MODULUS)).intoArray(out, outAt + k);
    }
    for (; k < count; k++) {
      out[outAt + k] = M31.sub(a[aAt + k], b[bAt + k]);
    }
  }

  /** out = 2 high - low, the value at 2 of the lines through (0, low) and (1, high). */
  static void atTwo(int[] low, int lowAt, int[] high, int highAt, int[] out, int outAt, int count) {
    int k = 0;
    for (; k <= count - I.length(); k += I.length()) {
      IntVector h = IntVector.fromArray(I, high, highAt + k);
      IntVector twice = h.add(h);
      IntVector d = twice.lanewise(VectorOperators.UMIN, twice.sub(MODULUS)).sub(IntVector.fromArray(I, low, lowAt + k));
      d.lanewise(VectorOperators.UMIN, d.add(MODULUS)).intoArray(out, outAt + k);
    }
    for (; k < count; k++) {
      int h = high[highAt + k];
      out[outAt + k] = M31.sub(M31.add(h, h), low[lowAt + k]);
    }
  }
}
