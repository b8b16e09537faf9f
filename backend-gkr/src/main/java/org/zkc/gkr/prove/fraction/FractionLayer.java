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
import org.zkc.gkr.prove.sumcheck.TileStack;
import org.zkc.gkr.prove.sumcheck.TiledFractionTables;
import org.zkc.gkr.prove.sumcheck.TiledTables;
import org.zkc.gkr.prove.sumcheck.Tiles;
import org.zkc.gkr.prove.sumcheck.UnitLeaves;

/**
 * One layer of a fraction tree in pairs of siblings p0 / q0 and p1 / q1, held in live tiles of
 * {@link FractionTile#SIZE} pairs; every other fraction is 0 / 1. With few variables all tiles are
 * held, or one that is not full.
 */
final class FractionLayer {
  private static final int TILE = FractionTile.VARIABLES;

  /** Tiles of a layer that a thread makes at a time at least, some 20 microseconds. */
  private static final int LEAST_TILES = 8;

  /** The tables p0, q0, p1 and q1. */
  private static final int TABLES = 4;

  /** log2 of the pairs. */
  private final int variables;

  private final int[] tiles;
  private final Tiles tables;

  private FractionLayer(int variables, int[] tiles, Tiles tables) {
    this.variables = variables;
    this.tiles = tiles;
    this.tables = tables;
  }

  /** Fractions p / q by pairs, given 2^(variables + 1) of them in order. */
  static FractionLayer of(ExtVector p, ExtVector q, int variables, TileStack stack) {
    return of(p, q, variables, tiles(p, q, variables), stack);
  }

  /** {@link #of(ExtVector, ExtVector, int, TileStack)} with the tiles to hold of them. */
  static FractionLayer of(ExtVector p, ExtVector q, int variables, int[] tiles, TileStack stack) {
    Tiles tables = stack.push(tiles.length, TABLES);
    int count = Math.min(1 << variables, FractionTile.SIZE);
    for (int k = 0; k < tiles.length; k++) {
      for (int side = 0; side < 2; side++) {
        int from = 2 * (tiles[k] << TILE) + side * count;
        tables.get(k, 2 * side).slice(0, count).copyFrom(p.slice(from, count));
        tables.get(k, 2 * side + 1).slice(0, count).copyFrom(q.slice(from, count));
      }
    }
    return new FractionLayer(variables, tiles, tables);
  }

  /** The tiles to hold of fractions p / q by pairs. */
  static int[] tiles(ExtVector p, ExtVector q, int variables) {
    return variables <= TiledTables.DENSE_VARIABLES
        ? all(variables)
        : Arrays.stream(all(variables)).filter(k -> isLive(p, q, k)).toArray();
  }

  /**
   * The tiles that a layer of {@code variables} and those above it take, given which the layer
   * holds.
   */
  static int room(int variables, int[] tiles) {
    int sum = TABLES * tiles.length;
    int[] next = tiles;
    for (int v = variables - 1; v >= 0; v--) {
      next = halved(v, next);
      sum = Math.addExact(sum, TABLES * next.length);
    }
    return sum;
  }

  /** The tiles that the layers above such leaves take, one held at a time or all but the lowest. */
  static int room(UnitLeaves leaves) {
    int[] lowest = halved(leaves.variables() - 1, leaves.tiles());
    int[] held = halved(leaves.variables() - 2, lowest);
    return Math.max(TABLES * lowest.length, room(leaves.variables() - 2, held));
  }

  /** Whether some fraction of pair {@code k} of tiles is not 0 / 1. */
  private static boolean isLive(ExtVector p, ExtVector q, int k) {
    int from = 2 * k << TILE;
    int count = 2 << TILE;
    return !p.slice(from, count).isFilledWith(Ext.ZERO)
        || !q.slice(from, count).isFilledWith(Ext.ONE);
  }

  /** The layer above: the sums of this layer's pairs, by pairs; there must be more than one. */
  FractionLayer above(TileStack stack, Workers workers) {
    if (variables <= TILE) {
      int count = 1 << variables;
      ExtVector p = new ExtVector(count);
      ExtVector q = new ExtVector(count);
      ExtVector[] own = tables.get(0);
      Arrays.setAll(own, j -> own[j].slice(0, count));
      new FractionTile().combine(own[0], own[1], own[2], own[3], p, q);
      return of(p, q, variables - 1, stack);
    }
    return above(
        variables,
        tiles,
        stack,
        workers,
        () -> {
          FractionTile tile = new FractionTile();
          return (pair, p, q) -> {
            int found = Arrays.binarySearch(tiles, pair);
            if (found < 0) {
              setDead(p, q);
            } else {
              ExtVector[] own = tables.get(found);
              tile.combine(own[0], own[1], own[2], own[3], p, q);
            }
          };
        });
  }

  /** The layer above leaves that are not held. */
  static FractionLayer above(UnitLeaves leaves, TileStack stack, Workers workers) {
    int[] live = leaves.tiles();
    return above(
        leaves.variables(),
        live,
        stack,
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
  static FractionLayer twoAbove(UnitLeaves leaves, TileStack stack, Workers workers) {
    int[] live = leaves.tiles();
    return above(
        leaves.variables() - 1,
        halved(leaves.variables() - 1, live),
        stack,
        workers,
        () -> {
          LeafSums even = new LeafSums(leaves);
          LeafSums odd = new LeafSums(leaves);
          FractionTile tile = new FractionTile();
          ExtVector[] pair = new Tiles(new ExtVector(TABLES << TILE), TABLES).get(0);
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
      int variables, int[] below, TileStack stack, Workers workers, Supplier<Sums> sums) {
    int[] tiles = halved(variables - 1, below);
    Tiles tables = stack.push(tiles.length, TABLES);
    workers.forEachPiece(
        tiles.length,
        LEAST_TILES,
        (from, to) -> {
          Sums work = sums.get();
          for (int k = from; k < to; k++) {
            work.into(2 * tiles[k], tables.get(k, 0), tables.get(k, 1));
            work.into(2 * tiles[k] + 1, tables.get(k, 2), tables.get(k, 3));
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
    Ext[] top = new Ext[TABLES];
    Arrays.setAll(top, j -> tables.get(0, j).get(0));
    return new Ext[] {top[0].mul(top[3]).add(top[2].mul(top[1])), top[1].mul(top[3])};
  }

  int variables() {
    return variables;
  }

  /** Gives the layer's tiles back; their content stays until the next are pushed. */
  void release(TileStack stack) {
    stack.pop(tables);
  }

  /** The tables of this layer's sumcheck; the layer is overwritten. */
  LayerTables sumcheck(Ext lambda, Ext[] z, Workers workers) {
    if (variables <= TiledTables.DENSE_VARIABLES) {
      ExtVector[] whole = new ExtVector[TABLES];
      Arrays.setAll(whole, this::whole);
      Kernels.best().scale(whole[0], lambda);
      Kernels.best().scale(whole[2], lambda);
      return new FractionTables(whole[0], whole[1], whole[2], whole[3], z);
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
  static LayerTables sumcheckAbove(
      UnitLeaves leaves, Ext lambda, Ext[] z, TileStack stack, Workers workers) {
    if (z.length <= TiledTables.DENSE_VARIABLES) {
      FractionLayer above = above(leaves, stack, workers);
      above.release(stack);
      return above.sumcheck(lambda, z, workers);
    }
    int[] live = leaves.tiles();
    int[] tiles = halved(z.length, live);
    Tiles tables = stack.push(tiles.length, TABLES);
    stack.pop(tables);
    return new TiledFractionTables(
        tiles,
        tables,
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

  /** Table {@code j} in order. */
  private ExtVector whole(int j) {
    int count = Math.min(1 << variables, FractionTile.SIZE);
    ExtVector out = new ExtVector(1 << variables);
    for (int k = 0; k < tiles.length; k++) {
      out.slice(k << TILE, count).copyFrom(tables.get(k, j).slice(0, count));
    }
    return out;
  }

  private static int[] all(int variables) {
    int[] out = new int[1 << Math.max(0, variables - TILE)];
    Arrays.setAll(out, k -> k);
    return out;
  }
}
