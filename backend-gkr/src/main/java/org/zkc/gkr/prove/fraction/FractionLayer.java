package org.zkc.gkr.prove.fraction;

import java.util.Arrays;
import java.util.function.Supplier;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.FractionTables;
import org.zkc.gkr.prove.sumcheck.LayerTables;
import org.zkc.gkr.prove.sumcheck.LeafSums;
import org.zkc.gkr.prove.sumcheck.TiledFractionTables;
import org.zkc.gkr.prove.sumcheck.TiledTables;
import org.zkc.gkr.prove.sumcheck.UnitLeaves;

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
    int[] tiles =
        variables <= TiledTables.DENSE_VARIABLES
            ? all(variables)
            : Arrays.stream(all(variables)).filter(k -> isLive(p, q, k)).toArray();
    ExtVector[] tables = fresh(tiles.length);
    for (int k = 0; k < tiles.length; k++) {
      for (int side = 0; side < 2; side++) {
        int from = 2 * tiles[k] + side << TILE;
        slot(tables[2 * side], k).copyFrom(p.slice(from, FractionTile.SIZE));
        slot(tables[2 * side + 1], k).copyFrom(q.slice(from, FractionTile.SIZE));
      }
    }
    return new FractionLayer(variables, tiles, tables);
  }

  /** Whether some fraction of pair {@code k} of tiles is not 0 / 1. */
  private static boolean isLive(ExtVector p, ExtVector q, int k) {
    int from = 2 * k << TILE;
    int count = 2 << TILE;
    return !p.slice(from, count).isFilledWith(Ext.ZERO)
        || !q.slice(from, count).isFilledWith(Ext.ONE);
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
          return (pair, p, q) -> {
            int found = Arrays.binarySearch(tiles, pair);
            if (found < 0) {
              setDead(p, q);
            } else {
              tile.combine(
                  slot(tables[0], found),
                  slot(tables[1], found),
                  slot(tables[2], found),
                  slot(tables[3], found),
                  p,
                  q);
            }
          };
        });
  }

  /** The layer above leaves that are not held. */
  static FractionLayer above(UnitLeaves leaves, Workers workers) {
    int[] live = leaves.tiles();
    return above(
        leaves.variables(),
        live,
        workers,
        () -> {
          LeafSums sums = new LeafSums(leaves);
          return (pair, p, q) -> {
            sums.read(Math.max(-1, Arrays.binarySearch(live, pair)));
            sums.into(Ext.ONE, p, q);
          };
        });
  }

  /** The second layer above such leaves. */
  static FractionLayer twoAbove(UnitLeaves leaves, Workers workers) {
    int[] live = leaves.tiles();
    return above(
        leaves.variables() - 1,
        halved(leaves.variables() - 1, live),
        workers,
        () -> {
          LeafSums even = new LeafSums(leaves);
          LeafSums odd = new LeafSums(leaves);
          FractionTile tile = new FractionTile();
          ExtVector[] pair = fresh(1);
          return (k, p, q) -> {
            even.read(Math.max(-1, Arrays.binarySearch(live, 2 * k)));
            odd.read(Math.max(-1, Arrays.binarySearch(live, 2 * k + 1)));
            if (even.isLike(odd)) {
              even.combine(odd, p, q);
            } else {
              even.into(Ext.ONE, pair[0], pair[1]);
              odd.into(Ext.ONE, pair[2], pair[3]);
              tile.combine(pair[0], pair[1], pair[2], pair[3], p, q);
            }
          };
        });
  }

  /** Writes the sums of the pairs of one tile. */
  private interface Sums {
    void into(int pair, ExtVector p, ExtVector q);
  }

  private static void setDead(ExtVector p, ExtVector q) {
    p.fill(Ext.ZERO);
    q.fill(Ext.ONE);
  }

  private static FractionLayer above(
      int variables, int[] below, Workers workers, Supplier<Sums> sums) {
    int[] tiles = halved(variables - 1, below);
    ExtVector[] tables = fresh(tiles.length);
    workers.forEachRange(
        tiles.length,
        (from, to) -> {
          Sums work = sums.get();
          for (int k = from; k < to; k++) {
            work.into(2 * tiles[k], slot(tables[0], k), slot(tables[1], k));
            work.into(2 * tiles[k] + 1, slot(tables[2], k), slot(tables[3], k));
          }
        });
    return new FractionLayer(variables - 1, tiles, tables);
  }

  /** The tiles to hold of the layer, of {@code variables}, above one that holds {@code below}. */
  private static int[] halved(int variables, int[] below) {
    return variables <= TiledTables.DENSE_VARIABLES
        ? all(variables)
        : Arrays.stream(below).map(t -> t >> 1).distinct().toArray();
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
    return new TiledFractionTables(
        tiles,
        tables,
        () ->
            (slot, tile) -> {
              Kernels.best().scale(tile[0], lambda);
              Kernels.best().scale(tile[2], lambda);
            },
        z,
        workers);
  }

  /** The tables of the sumcheck of the layer above leaves that are not held. */
  static LayerTables sumcheckAbove(UnitLeaves leaves, Ext lambda, Ext[] z, Workers workers) {
    if (z.length <= TiledTables.DENSE_VARIABLES) {
      return above(leaves, workers).sumcheck(lambda, z, workers);
    }
    int[] live = leaves.tiles();
    int[] tiles = halved(z.length, live);
    return new TiledFractionTables(
        tiles,
        fresh(tiles.length),
        () -> {
          LeafSums sums = new LeafSums(leaves);
          return (slot, tile) -> {
            for (int side = 0; side < 2; side++) {
              sums.read(Math.max(-1, Arrays.binarySearch(live, 2 * tiles[slot] + side)));
              sums.into(lambda, tile[2 * side], tile[2 * side + 1]);
            }
          };
        },
        z,
        workers);
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
