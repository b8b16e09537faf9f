package org.zkc.gkr.prove.sumcheck;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Workers;

/** {@link TiledTables} of any fractions. */
public final class TiledFractionTables extends TiledTables {
  private final Tiles tables;
  private final ExtVector[] dead;

  private final Supplier<Filler> fillers;
  private boolean filled;

  /** Sets the tile in a slot when it is first needed. */
  @FunctionalInterface
  public interface Filler {
    void fill(int slot, ExtVector[] tile);
  }

  /**
   * Takes live tiles, ascending, tables that hold them in this order, and what makes lambda p0, q0,
   * lambda p1, q1 of the tables' content, one for each thread. The tables are overwritten.
   */
  public TiledFractionTables(
      int[] tiles, Tiles tables, Supplier<Filler> fillers, Ext[] z, Workers workers) {
    super(tiles, z, workers);
    this.tables = tables;
    this.fillers = fillers;
    ExtVector zero = new ExtVector(FractionTile.SIZE);
    ExtVector one = new ExtVector(FractionTile.SIZE);
    one.fill(Ext.ONE);
    dead = new ExtVector[] {zero, one, zero, one};
  }

  private ExtVector[] tile(int slot) {
    return slot < 0 ? dead : tables.get(slot);
  }

  @Override
  Piece piece() {
    return piece(filled ? null : fillers.get());
  }

  @Override
  Piece boundPiece() {
    return piece(null);
  }

  private Piece piece(@Nullable Filler filler) {
    FractionTile tile = new FractionTile();
    return new Piece() {
      @Override
      public void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share) {
        ExtVector[] from = tile(low);
        ExtVector[] to = tile(high);
        if (filler != null) {
          if (low >= 0) {
            filler.fill(low, from);
          }
          if (high >= 0) {
            filler.fill(high, to);
          }
        }
        tile.addFractions(sums, from, to, eq, scale);
      }

      @Override
      public void bind(int low, int high, Ext challenge, int target) {
        ExtVector[] from = tile(low);
        ExtVector[] to = tile(high);
        ExtVector[] out = tables.get(target);
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
  void bound() {
    filled = true;
  }

  @Override
  void write(int slot, ExtVector[] out) {
    ExtVector[] from = tables.get(slot);
    for (int j = 0; j < out.length; j++) {
      out[j].copyFrom(from[j]);
    }
  }
}
