package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The adders of this machine: sums and exclusive ors of 32-bit numbers in registers, as many chains
 * side by side as hide the latency. No hash of such steps is faster; a rotation counts as one step,
 * though machines without an instruction for it take three.
 */
final class AdderRate {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int CHAINS = 8;
  private static final int STEPS = 2;

  private AdderRate() {}

  /** Steps of one {@link #run}. */
  static long steps(int rounds) {
    return (long) rounds * CHAINS * STEPS * I.length();
  }

  static int run(int rounds) {
    IntVector one = IntVector.broadcast(I, 0x9E37_79B9);
    IntVector two = IntVector.broadcast(I, 0x7F4A_7C15);
    IntVector a = IntVector.broadcast(I, 1);
    IntVector b = IntVector.broadcast(I, 2);
    IntVector c = IntVector.broadcast(I, 3);
    IntVector d = IntVector.broadcast(I, 4);
    IntVector e = IntVector.broadcast(I, 5);
    IntVector f = IntVector.broadcast(I, 6);
    IntVector g = IntVector.broadcast(I, 7);
    IntVector h = IntVector.broadcast(I, 8);
    for (int k = 0; k < rounds; k++) {
      a = a.add(one).lanewise(VectorOperators.XOR, two);
      b = b.add(one).lanewise(VectorOperators.XOR, two);
      c = c.add(one).lanewise(VectorOperators.XOR, two);
      d = d.add(one).lanewise(VectorOperators.XOR, two);
      e = e.add(one).lanewise(VectorOperators.XOR, two);
      f = f.add(one).lanewise(VectorOperators.XOR, two);
      g = g.add(one).lanewise(VectorOperators.XOR, two);
      h = h.add(one).lanewise(VectorOperators.XOR, two);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).lane(0);
  }
}
