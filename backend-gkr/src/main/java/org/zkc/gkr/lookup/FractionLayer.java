package org.zkc.gkr.lookup;

import java.util.Arrays;
import java.util.function.Supplier;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.sumcheck.FractionTables;
import org.zkc.gkr.sumcheck.LayerTables;
import org.zkc.gkr.sumcheck.TiledFractionTables;
import org.zkc.gkr.sumcheck.TiledTables;
import org.zkc.gkr.sumcheck.UnitLeaves;

/**
 * One layer of a fraction tree in pairs of siblings p0 / q0 and p1 / q1, held in live tiles of
 * {@link FractionTile#SIZE} pairs; every other fraction is 0 / 1. With few variables all tiles are
 * held.
 */
final class FractionLayer {
  private static final int TILE = FractionTile.VARIABLES;

  /** log2 of the pairs. */
  private final int variables;

  private final int[] tiles;
  // p0, q0, p1, q1
  private final ExtVector[] tables;

  private FractionLayer(int variables, int[] tiles, ExtVector[] tables) {
    this.variables = variables;
    this.tiles = tiles;
    this.tables = tables;
  }

  /** Fractions p / q by pairs, given 2^(variables + 1) of them in order. */
  static FractionLayer of(ExtVector p, ExtVector q, int variables) {
    if (variables < TILE) {
      int half = 1 << variables;
      return new FractionLayer(
          variables,
          new int[] {0},
          new ExtVector[] {
            p.slice(0, half), q.slice(0, half), p.slice(half, half), q.slice(half, half)
          });
    }
    int[] tiles = all(variables);
    ExtVector[] tables = fresh(tiles.length);
    for (int k = 0; k < tiles.length; k++) {
      for (int side = 0; side < 2; side++) {
        int from = 2 * k + side << TILE;
        slot(tables[2 * side], k).copyFrom(p.slice(from, FractionTile.SIZE));
        slot(tables[2 * side + 1], k).copyFrom(q.slice(from, FractionTile.SIZE));
      }
    }
    return new FractionLayer(variables, tiles, tables);
  }

  /** The layer above: the sums of this layer's pairs, by pairs; there must be more than one. */
  FractionLayer above(Workers workers) {
    if (variables <= TILE) {
      int count = 1 << variables;
      ExtVector p = new ExtVector(count);
      ExtVector q = new ExtVector(count);
      new FractionTile().combine(tables[0], tables[1], tables[2], tables[3], p, q);
      return of(p, q, variables - 1);
    }
    return above(
        variables,
        tiles,
        workers,
        () -> {
          FractionTile tile = new FractionTile();
          return (k, p, q) ->
              tile.combine(
                  slot(tables[0], k),
                  slot(tables[1], k),
                  slot(tables[2], k),
                  slot(tables[3], k),
                  p,
                  q);
        });
  }

  /** The layer above leaves that are not held. */
  static FractionLayer above(UnitLeaves leaves, Workers workers) {
    return above(
        leaves.variables(),
        leaves.tiles(),
        workers,
        () -> {
          FractionTile tile = new FractionTile();
          UnitLeaves.Reader reader = leaves.reader();
          ExtVector even = new ExtVector(FractionTile.SIZE);
          ExtVector odd = new ExtVector(FractionTile.SIZE);
          return (k, p, q) -> {
            reader.read(k, Ext.ZERO, even, odd);
            tile.combineUnits(even, odd, p, q);
          };
        });
  }

  /** Sums the pairs of tile number {@code k}. */
  private interface Sums {
    void into(int k, ExtVector p, ExtVector q);
  }

  private static FractionLayer above(
      int variables, int[] below, Workers workers, Supplier<Sums> sums) {
    int up = variables - 1;
    int[] tiles =
        up <= TiledTables.DENSE_VARIABLES
            ? all(up)
            : Arrays.stream(below).map(t -> t >> 1).distinct().toArray();
    ExtVector[] tables = fresh(tiles.length);
    workers.forEachRange(
        tiles.length,
        (from, to) -> {
          Sums work = sums.get();
          for (int k = from; k < to; k++) {
            for (int side = 0; side < 2; side++) {
              ExtVector q = slot(tables[2 * side + 1], k);
              int found = Arrays.binarySearch(below, 2 * tiles[k] + side);
              if (found < 0) {
                q.fill(Ext.ONE);
              } else {
                work.into(found, slot(tables[2 * side], k), q);
              }
            }
          }
        });
    return new FractionLayer(up, tiles, tables);
  }

  /** The sum of the one pair of the top layer. */
  Ext[] root() {
    Ext p = tables[0].get(0).mul(tables[3].get(0)).add(tables[2].get(0).mul(tables[1].get(0)));
    return new Ext[] {p, tables[1].get(0).mul(tables[3].get(0))};
  }

  int variables() {
    return variables;
  }

  /** The tables of this layer's sumcheck; the layer is overwritten. */
  LayerTables sumcheck(Ext lambda, Ext[] z, Workers workers) {
    if (variables <= TiledTables.DENSE_VARIABLES) {
      Kernels.best().scale(tables[0], lambda);
      Kernels.best().scale(tables[2], lambda);
      return new FractionTables(tables[0], tables[1], tables[2], tables[3], z);
    }
    workers.forEachRange(
        tiles.length,
        (from, to) -> {
          Kernels.best().scale(tables[0].slice(from << TILE, to - from << TILE), lambda);
          Kernels.best().scale(tables[2].slice(from << TILE, to - from << TILE), lambda);
        });
    return new TiledFractionTables(tiles, tables, z, workers);
  }

  private static int[] all(int variables) {
    int[] out = new int[1 << variables - TILE];
    Arrays.setAll(out, k -> k);
    return out;
  }

  private static ExtVector[] fresh(int tiles) {
    ExtVector[] out = new ExtVector[4];
    Arrays.setAll(out, j -> new ExtVector(tiles << TILE));
    return out;
  }

  private static ExtVector slot(ExtVector table, int k) {
    return table.slice(k << TILE, FractionTile.SIZE);
  }
}
