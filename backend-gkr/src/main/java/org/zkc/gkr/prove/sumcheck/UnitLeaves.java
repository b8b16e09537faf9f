package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * Fractions 1 / q in pairs of siblings by tiles, as anything that can compute the denominators
 * anew: they are never held all at once.
 */
public interface UnitLeaves {
  /** Variables of the pairs. */
  int variables();

  /** The live tiles of pairs, ascending; fractions elsewhere are 0 / 1. */
  int[] tiles();

  /** A reader for one thread. */
  Reader reader();

  /** Reads one tile at a time. */
  @FunctionalInterface
  interface Reader {
    /** Sets even and odd to shift + q of the siblings of live tile number {@code slot}. */
    void read(int slot, Ext shift, ExtVector even, ExtVector odd);
  }
}
