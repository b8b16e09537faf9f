package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;

/** Memory for the layers of a tree, of which the last that was made is the first to go. */
public final class TileStack {
  private final ExtVector memory;
  private int used;

  /** Room for {@code capacity} tiles. */
  public TileStack(int capacity, TableMemory tableMemory) {
    memory = tableMemory.take(Math.multiplyExact(capacity, FractionTile.SIZE));
  }

  /**
   * {@code slots} slots of {@code tables} tables, with the content that the memory happens to have.
   */
  public Tiles push(int slots, int tables) {
    ExtVector own =
        memory.slice(used << FractionTile.VARIABLES, slots * tables << FractionTile.VARIABLES);
    used += slots * tables;
    return new Tiles(own, tables);
  }

  /** Releases the tiles that were pushed last. */
  public void pop(Tiles last) {
    used -= last.memory().length() >> FractionTile.VARIABLES;
  }
}
