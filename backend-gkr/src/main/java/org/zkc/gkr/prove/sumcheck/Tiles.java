package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;

/**
 * Some tables in slots of one tile each. The tiles of a slot lie side by side: in arrays of their
 * own, tables whose size is a power of two would have what a loop reads together at the same places
 * of a cache, each in the way of the others.
 *
 * @param memory table j of slot k is tile k {@code tables} + j of it
 */
public record Tiles(ExtVector memory, int tables) {
  /** One tile. */
  public ExtVector get(int slot, int table) {
    return memory.slice(slot * tables + table << FractionTile.VARIABLES, FractionTile.SIZE);
  }

  /** The tiles of a slot. */
  public ExtVector[] get(int slot) {
    ExtVector[] out = new ExtVector[tables];
    for (int j = 0; j < tables; j++) {
      out[j] = get(slot, j);
    }
    return out;
  }
}
