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
  private static final int PAIR = 2 * FractionTile.SIZE;

  private final UnitLeaves leaves;
  private final Ext lambda;
  private final ExtVector dead = new ExtVector(FractionTile.SIZE);
  private final TileStack stack;
  // Empty until the first variable is bound; then f0 and f1, and lambda p of every slot.
  private Tiles tables = new Tiles(new ExtVector(0), 2);
  private Ext[] numerators = {};
  private boolean fromLeaves = true;

  /** Takes the room for its tables from {@code stack}, for {@link #tiles} tiles at most. */
  public UnitFractionTables(
      UnitLeaves leaves, Ext lambda, Ext[] z, TileStack stack, Workers workers) {
    super(leaves.tiles(), z, workers);
    this.leaves = leaves;
    this.lambda = lambda;
    this.stack = stack;
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

  /**
   * Tiles computed from the leaves. Products of two siblings are polynomials in their entries over
   * F, which are added up before they meet the constants.
   */
  private final class LeafPiece implements Piece {
    private final FractionTile tile = new FractionTile();
    private final UnitLeaves.Reader reader = leaves.reader();
    // The siblings of the lower half's tile, then those of the upper half's.
    private final int[] first = new int[2 * PAIR];
    private final int[] second = new int[2 * PAIR];
    private final int[] two = new int[PAIR];
    private final int[] secondTwo = new int[PAIR];
    private final int[] even = new int[FractionTile.SIZE];
    private final int[] odd = new int[FractionTile.SIZE];
    private final Ext[] constants = {Ext.ONE, Ext.ONE};
    private boolean lowWide;
    private boolean wide;

    private void read(int low, int high) {
      lowWide = read(low, 0, 0);
      boolean highWide = read(high, 1, PAIR);
      wide = lowWide || highWide;
      if (wide && !lowWide) {
        Arrays.fill(second, 0, PAIR, 0);
      }
      if (wide && !highWide) {
        Arrays.fill(second, PAIR, 2 * PAIR, 0);
      }
    }

    private boolean read(int slot, int half, int at) {
      if (slot < 0) {
        Arrays.fill(first, at, at + PAIR, 0);
        constants[half] = Ext.ONE;
        return false;
      }
      constants[half] = reader.constant(slot).add(lambda);
      return reader.read(slot, first, second, at);
    }

    private Ext numerator(int slot) {
      return slot < 0 ? Ext.ZERO : lambda;
    }

    @Override
    public void add(Ext[] sums, int low, int high, ExtVector eq, Ext scale, Ext share) {
      read(low, high);
      Ext at0 = low < 0 ? share : products(first, second, lowWide, constants[0], eq, scale, share);
      tile.atTwoBase(first, 0, PAIR, two, PAIR);
      if (wide) {
        tile.atTwoBase(second, 0, PAIR, secondTwo, PAIR);
      }
      Ext constant = constants[1].doubled().sub(constants[0]);
      sums[0] = sums[0].add(at0);
      sums[1] = sums[1].add(products(two, secondTwo, wide, constant, eq, scale, share));
      subtractNumerators(sums, numerator(low), numerator(high), share);
    }

    /** scale times the sum over k of eq[k] (c - w0) (c - w1), w = a + beta b. */
    private Ext products(
        int[] a, int[] b, boolean hasSecond, Ext c, ExtVector eq, Ext scale, Ext share) {
      Ext[] own = tile.dotPair(a, 0, a, FractionTile.SIZE, eq);
      Ext sum = own[0];
      Ext product = own[1];
      if (hasSecond) {
        Ext beta = leaves.factor();
        Ext[] other = tile.dotPair(b, 0, b, FractionTile.SIZE, eq);
        tile.addBase(a, 0, b, 0, even);
        tile.addBase(a, FractionTile.SIZE, b, FractionTile.SIZE, odd);
        tile.multiplyBase(even, 0, odd, 0, even);
        Ext mixed = tile.dotBase(even, eq).sub(own[1]).sub(other[1]);
        sum = sum.add(beta.mul(other[0]));
        product = product.add(beta.mul(mixed.add(beta.mul(other[1]))));
      }
      return share.mul(c.square()).add(scale.mul(product.sub(c.mul(sum))));
    }

    @Override
    public void bind(int low, int high, Ext challenge, int target) {
      read(low, high);
      Ext constant = line(constants[0], constants[1], challenge);
      Ext ofLow = challenge.sub(Ext.ONE);
      Ext ofHigh = challenge.neg();
      ExtVector[] out = tables.get(target);
      Ext beta = leaves.factor();
      Ext[] factors = {ofLow, ofHigh, ofLow.mul(beta), ofHigh.mul(beta)};
      int[][] entries = {first, first, second, second};
      for (int j = 0; j < out.length; j++) {
        int at = j * FractionTile.SIZE;
        if (wide) {
          tile.affine(constant, factors, entries, new int[] {at, PAIR + at, at, PAIR + at}, out[j]);
        } else {
          tile.affine(constant, ofLow, first, at, ofHigh, first, PAIR + at, out[j]);
        }
      }
      numerators[target] = line(numerator(low), numerator(high), challenge);
    }
  }

  /** Tiles of the tables. */
  private final class BoundPiece implements Piece {
    private final FractionTile tile = new FractionTile();

    private ExtVector[] tile(int slot) {
      return slot < 0 ? new ExtVector[] {dead, dead} : tables.get(slot);
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
      line(tile, tile(low), tile(high), challenge, tables.get(target));
      numerators[target] = line(numerator(low), numerator(high), challenge);
    }
  }

  @Override
  int[] targets(TilePairs pairs) {
    if (!fromLeaves) {
      return pairs.targets();
    }
    int count = pairs.count();
    tables = stack.push(count, 2);
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
    ExtVector[] from = tables.get(slot);
    for (int j = 0; j < from.length; j++) {
      out[2 * j].fill(p);
      out[2 * j + 1].copyFrom(shift);
      Kernels.best().addScaled(out[2 * j + 1], Ext.ONE, from[j]);
    }
  }
}
