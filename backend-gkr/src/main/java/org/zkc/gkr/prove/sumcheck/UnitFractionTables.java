package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;

/**
 * {@link TiledTables} whose numerators are one constant p on each tile: 1 where the leaves are
 * live, 0 elsewhere, and after binding a combination of these. With f = q + lambda p,
 *
 * <pre>lambda (p0 q1 + p1 q0) + q0 q1 = f0 f1 - lambda^2 p^2</pre>
 *
 * so two tables suffice. Until the first variable is bound, they are not held but read from the
 * leaves.
 */
public final class UnitFractionTables extends TiledTables {
  private final UnitLeaves leaves;
  private final Ext lambda;
  private final ExtVector dead = new ExtVector(FractionTile.SIZE);
  // Empty until the first variable is bound; then f0 and f1, and lambda p of every slot.
  private ExtVector[] tables = {};
  private Ext[] numerators = {};
  private boolean fromLeaves = true;

  public UnitFractionTables(UnitLeaves leaves, Ext lambda, Ext[] z, Workers workers) {
    super(leaves.tiles(), z, workers);
    this.leaves = leaves;
    this.lambda = lambda;
    dead.fill(Ext.ONE);
  }

  @Override
  Piece piece() {
    return fromLeaves ? new LeafPiece() : new BoundPiece();
  }

  @Override
  Piece boundPiece() {
    return new BoundPiece();
  }

  private static void subtractNumerators(Ext[] sums, Ext low, Ext high, Ext share) {
    Ext two = high.doubled().sub(low);
    sums[0] = sums[0].sub(share.mul(low.square()));
    sums[1] = sums[1].sub(share.mul(two.square()));
  }

  private static void line(
      FractionTile tile, ExtVector[] low, ExtVector[] high, Ext challenge, ExtVector[] out) {
    for (int j = 0; j < out.length; j++) {
      tile.line(low[j], high[j], challenge, out[j]);
    }
  }

  private static Ext line(Ext low, Ext high, Ext challenge) {
    return low.add(challenge.mul(high.sub(low)));
  }

  /** Tiles computed from the leaves. */
  private final class LeafPiece implements Piece {
    private final FractionTile tile = new FractionTile();
    private final UnitLeaves.Reader reader = leaves.reader();
    private final ExtVector[] lower = {
      new ExtVector(FractionTile.SIZE), new ExtVector(FractionTile.SIZE)
    };
    private final ExtVector[] upper = {
      new ExtVector(FractionTile.SIZE), new ExtVector(FractionTile.SIZE)
    };

    private void read(int slot, ExtVector[] out) {
      if (slot < 0) {
        out[0].copyFrom(dead);
        out[1].copyFrom(dead);
      } else {
        reader.read(slot, lambda, out[0], out[1]);
      }
    }

    private Ext numerator(int slot) {
      return slot < 0 ? Ext.ZERO : lambda;
    }

    @Override
    public void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share) {
      read(low, lower);
      read(high, upper);
      tile.addProducts(sums, lower, upper, eq, scale);
      subtractNumerators(sums, numerator(low), numerator(high), share);
    }

    @Override
    public void bind(int low, int high, Ext challenge, int target) {
      read(low, lower);
      read(high, upper);
      line(tile, lower, upper, challenge, slices(tables, target));
      numerators[target] = line(numerator(low), numerator(high), challenge);
    }
  }

  /** Tiles of the tables. */
  private final class BoundPiece implements Piece {
    private final FractionTile tile = new FractionTile();

    private ExtVector[] tile(int slot) {
      return slot < 0 ? new ExtVector[] {dead, dead} : slices(tables, slot);
    }

    private Ext numerator(int slot) {
      return slot < 0 ? Ext.ZERO : numerators[slot];
    }

    @Override
    public void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share) {
      tile.addProducts(sums, tile(low), tile(high), eq, scale);
      subtractNumerators(sums, numerator(low), numerator(high), share);
    }

    @Override
    public void bind(int low, int high, Ext challenge, int target) {
      line(tile, tile(low), tile(high), challenge, slices(tables, target));
      numerators[target] = line(numerator(low), numerator(high), challenge);
    }
  }

  @Override
  int[] targets(TilePairs pairs) {
    if (!fromLeaves) {
      return pairs.targets();
    }
    int count = pairs.count();
    tables =
        new ExtVector[] {
          new ExtVector(count << FractionTile.VARIABLES),
          new ExtVector(count << FractionTile.VARIABLES)
        };
    numerators = new Ext[count];
    int[] out = new int[count];
    Arrays.setAll(out, k -> k);
    return out;
  }

  @Override
  void bound() {
    fromLeaves = false;
  }

  @Override
  void write(int slot, ExtVector[] out) {
    Ext p = numerators[slot];
    ExtVector shift = new ExtVector(FractionTile.SIZE);
    shift.fill(p.neg());
    ExtVector[] from = slices(tables, slot);
    for (int j = 0; j < from.length; j++) {
      out[2 * j].fill(p);
      out[2 * j + 1].copyFrom(shift);
      Kernels.best().addScaled(out[2 * j + 1], Ext.ONE, from[j]);
    }
  }
}
