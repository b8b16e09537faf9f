package org.zkc.gkr.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Workers;

/** {@link TiledTables} of any fractions. */
public final class TiledFractionTables extends TiledTables {
  private final ExtVector[] tables;
  private final ExtVector[] dead;

  /**
   * Takes live tiles, ascending, and lambda p0, q0, lambda p1, q1, which hold them in this order
   * and are overwritten.
   */
  public TiledFractionTables(int[] tiles, ExtVector[] tables, Ext[] z, Workers workers) {
    super(tiles, z, workers);
    this.tables = tables;
    ExtVector zero = new ExtVector(FractionTile.SIZE);
    ExtVector one = new ExtVector(FractionTile.SIZE);
    one.fill(Ext.ONE);
    dead = new ExtVector[] {zero, one, zero, one};
  }

  private ExtVector[] tile(int slot) {
    return slot < 0 ? dead : slices(tables, slot);
  }

  @Override
  Piece piece() {
    FractionTile tile = new FractionTile();
    return new Piece() {
      @Override
      public void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share) {
        tile.addFractions(sums, tile(low), tile(high), eq, scale);
      }

      @Override
      public void bind(int low, int high, Ext challenge, int target) {
        ExtVector[] from = tile(low);
        ExtVector[] to = tile(high);
        ExtVector[] out = slices(tables, target);
        for (int j = 0; j < out.length; j++) {
          tile.line(from[j], to[j], challenge, out[j]);
        }
      }
    };
  }

  @Override
  int[] targets(TilePairs pairs) {
    return pairs.targets();
  }

  @Override
  void bound() {}

  @Override
  void write(int slot, ExtVector[] out) {
    ExtVector[] from = slices(tables, slot);
    for (int j = 0; j < out.length; j++) {
      out[j].copyFrom(from[j]);
    }
  }
}
