package org.zkc.gkr.kernel;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The multiplier of this machine: products of 32-bit numbers to 64-bit ones, in registers, as many
 * chains side by side as hide the latency. No kernel of products multiplies faster.
 */
final class MultiplierRate {
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final int CHAINS = 8;

  private MultiplierRate() {}

  /** Products of one {@link #run}. */
  static long products(int rounds) {
    return (long) rounds * CHAINS * L.length();
  }

  static long run(int rounds) {
    LongVector low = LongVector.broadcast(L, 0xFFFF_FFFFL);
    LongVector factor = LongVector.broadcast(L, 0x9E37_79B9L).and(low);
    LongVector a = LongVector.broadcast(L, 1);
    LongVector b = LongVector.broadcast(L, 2);
    LongVector c = LongVector.broadcast(L, 3);
    LongVector d = LongVector.broadcast(L, 4);
    LongVector e = LongVector.broadcast(L, 5);
    LongVector f = LongVector.broadcast(L, 6);
    LongVector g = LongVector.broadcast(L, 7);
    LongVector h = LongVector.broadcast(L, 8);
    for (int k = 0; k < rounds; k++) {
      a = a.and(low).mul(factor);
      b = b.and(low).mul(factor);
      c = c.and(low).mul(factor);
      d = d.and(low).mul(factor);
      e = e.and(low).mul(factor);
      f = f.and(low).mul(factor);
      g = g.and(low).mul(factor);
      h = h.and(low).mul(factor);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).lane(0);
  }
}
