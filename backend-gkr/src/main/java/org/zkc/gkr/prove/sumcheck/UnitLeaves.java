package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;

/**
 * Fractions 1 / (c - a - beta b) in pairs of siblings by tiles, with a and b over F and c constant
 * on a pair of tiles. The entries can be read anew: denominators are never held, and what is made
 * of them first is made of products over F.
 */
public interface UnitLeaves {
  /** Variables of the pairs. */
  int variables();

  /** The live tiles of pairs, ascending; fractions elsewhere are 0 / 1. */
  int[] tiles();

  /** The factor beta of the second entries. */
  Ext factor();

  /** A reader for one thread. */
  Reader reader();

  /** Reads one live tile at a time, by its number among them. */
  interface Reader {
    /** The constant c of a live tile. */
    Ext constant(int slot);

    /**
     * Writes a of the even siblings, then of the odd ones, to {@code first} from {@code at} on; if
     * there are b, likewise to {@code second}, which is left alone else.
     *
     * @return whether there are b
     */
    boolean read(int slot, int[] first, int[] second, int at);
  }
}
