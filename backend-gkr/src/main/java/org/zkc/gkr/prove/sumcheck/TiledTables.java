package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.SplitEq;

/**
 * {@link LayerTables} that hold only live tiles: on every other tile both fractions of a pair are 0
 * / 1. Such a pair contributes eq(k) for every k, also after a variable is bound. Tiles lie in
 * slots that keep their place, so that nothing is moved. Once few variables are left the tables
 * become {@link FractionTables}.
 *
 * <p>The tables are far larger than any cache, so a tile is bound and its share of the next message
 * taken in one visit. Rounds are split into pieces of whole tiles for several threads; sums in E
 * are exact, so the result does not depend on the pieces.
 */
public abstract class TiledTables implements LayerTables {
  /** With this many variables or fewer every tile is held. */
  public static final int DENSE_VARIABLES = FractionTile.VARIABLES + 2;

  /**
   * Pairs of a piece at least, some 40 microseconds, and at most: a piece makes its own buffers.
   */
  private static final int LEAST_PAIRS = 4;

  private static final int MOST_PAIRS = 32;

  private static final int PIECES_OF_A_THREAD = 4;

  private final int rounds;
  private final SplitEq eq;
  private final Workers workers;
  private int left;
  private TilePairs pairs;
  private Ext @Nullable [] message;
  private @Nullable ExtVector summed;
  private Ext[] tileSums = {};
  private @Nullable FractionTables dense;

  TiledTables(int[] tiles, Ext[] z, Workers workers) {
    if (z.length <= DENSE_VARIABLES) {
      throw new IllegalArgumentException(z.length + " variables need no tiles");
    }
    this.workers = workers;
    rounds = z.length;
    left = rounds;
    eq = new SplitEq(z);
    int[] slots = new int[tiles.length];
    Arrays.setAll(slots, k -> k);
    pairs = pairs(tiles, slots);
  }

  /** The tables and buffers that one thread works with. */
  interface Piece {
    /**
     * Adds scale times the values at t = 0 and t = 2 of one pair of tiles to sums.
     *
     * @param low a slot, or -1 for a tile that is not live; not both are
     * @param eq the factors of the tile
     * @param share scale times the sum of eq
     */
    void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share);

    /** Binds a pair of tiles into slot {@code target}. */
    void bind(int low, int high, Ext challenge, int target);
  }

  /**
   * The piece for the tables as they are; in the first round {@link Piece#add} meets every slot
   * once.
   */
  abstract Piece piece();

  /** The piece for the tables whose pairs are bound. */
  abstract Piece boundPiece();

  /** The slots that bound pairs go to. */
  abstract int[] targets(TilePairs pairs);

  /** Called when all pairs are bound. */
  abstract void bound();

  /** Writes the tile in a slot as lambda p0, q0, lambda p1, q1. */
  abstract void write(int slot, ExtVector[] out);

  @Override
  public final int rounds() {
    return rounds;
  }

  @Override
  public final Ext[] message() {
    if (dense != null) {
      return dense.message();
    }
    if (message == null) {
      TilePairs now = pairs;
      message =
          sum(
              now,
              () -> {
                Piece work = piece();
                return (sums, k, part, scale, share) ->
                    work.add(sums, now.low()[k], now.high()[k], part, scale, share);
              });
    }
    return message;
  }

  @Override
  public final void bind(Ext challenge) {
    if (dense != null) {
      dense.bind(challenge);
      return;
    }
    TilePairs now = pairs;
    int[] targets = targets(now);
    eq.bind(challenge);
    left--;
    if (left == DENSE_VARIABLES) {
      Piece work = piece();
      for (int k = 0; k < now.count(); k++) {
        work.bind(now.low()[k], now.high()[k], challenge, targets[k]);
      }
      bound();
      dense = gather(now.index(), targets);
      return;
    }
    TilePairs next = pairs(now.index(), targets);
    // The pairs at hand that become the halves of each next one.
    int[] order = new int[now.count()];
    Arrays.setAll(order, k -> k);
    TilePairs joined = pairs(now.index(), order);
    message =
        sum(
            next,
            () -> {
              Piece work = piece();
              Piece after = boundPiece();
              return (sums, k, part, scale, share) -> {
                for (int from : new int[] {joined.low()[k], joined.high()[k]}) {
                  if (from >= 0) {
                    work.bind(now.low()[from], now.high()[from], challenge, targets[from]);
                  }
                }
                after.add(sums, next.low()[k], next.high()[k], part, scale, share);
              };
            });
    bound();
    pairs = next;
  }

  @Override
  public final Ext[] values() {
    if (dense == null) {
      throw new IllegalStateException(left + " variables are not bound");
    }
    return dense.values();
  }

  private TilePairs pairs(int[] tiles, int[] slots) {
    return TilePairs.of(tiles, slots, 1 << left - 1 - FractionTile.VARIABLES);
  }

  /** Adds what pair {@code k} is worth. */
  private interface Term {
    void add(Ext[] sums, int k, ExtVector eq, Ext scale, Ext share);
  }

  /** The message: the terms of all pairs, and the share of tiles that are not live. */
  private Ext[] sum(TilePairs terms, Supplier<Term> term) {
    ExtVector high = eq.high();
    ExtVector low = eq.low();
    int perHigh = low.length() >> FractionTile.VARIABLES;
    Ext[] lowSums = sums(low);
    int ofPiece =
        Math.clamp(
            terms.count() / (PIECES_OF_A_THREAD * workers.threads()), LEAST_PAIRS, MOST_PAIRS);
    int pieces = (terms.count() + ofPiece - 1) / ofPiece;
    Ext[][] parts = new Ext[pieces][];
    workers.forEach(
        pieces,
        piece -> {
          Term work = term.get();
          // The third is the share of eq of the live tiles.
          Ext[] sums = {Ext.ZERO, Ext.ZERO, Ext.ZERO};
          int end = Math.min(terms.count(), (piece + 1) * ofPiece);
          for (int k = piece * ofPiece; k < end; k++) {
            int at = terms.index()[k] % perHigh;
            Ext scale = high.get(terms.index()[k] / perHigh);
            Ext share = scale.mul(lowSums[at]);
            ExtVector part = low.slice(at << FractionTile.VARIABLES, FractionTile.SIZE);
            work.add(sums, k, part, scale, share);
            sums[2] = sums[2].add(share);
          }
          parts[piece] = sums;
        });
    Ext at0 = Ext.ONE;
    Ext at2 = Ext.ONE;
    for (Ext[] part : parts) {
      at0 = at0.add(part[0]).sub(part[2]);
      at2 = at2.add(part[1]).sub(part[2]);
    }
    return new Ext[] {at0, at2};
  }

  /** The sum of each tile of an eq table. */
  private Ext[] sums(ExtVector low) {
    if (summed != low) {
      summed = low;
      tileSums = new Ext[low.length() >> FractionTile.VARIABLES];
      for (int k = 0; k < tileSums.length; k++) {
        Ext sum = Ext.ZERO;
        for (int j = 0; j < FractionTile.SIZE; j++) {
          sum = sum.add(low.get((k << FractionTile.VARIABLES) + j));
        }
        tileSums[k] = sum;
      }
    }
    return tileSums;
  }

  private FractionTables gather(int[] tiles, int[] slots) {
    ExtVector[] all = new ExtVector[4];
    for (int j = 0; j < all.length; j++) {
      all[j] = new ExtVector(1 << left);
      if (j % 2 == 1) {
        all[j].fill(Ext.ONE);
      }
    }
    for (int k = 0; k < tiles.length; k++) {
      write(slots[k], slices(all, tiles[k]));
    }
    return new FractionTables(all[0], all[1], all[2], all[3], eq, left);
  }

  /** Tile {@code slot} of each table. */
  private static ExtVector[] slices(ExtVector[] tables, int slot) {
    ExtVector[] out = new ExtVector[tables.length];
    for (int j = 0; j < out.length; j++) {
      out[j] = tables[j].slice(slot << FractionTile.VARIABLES, FractionTile.SIZE);
    }
    return out;
  }
}
