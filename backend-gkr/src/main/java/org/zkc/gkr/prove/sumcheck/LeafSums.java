package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;

/**
 * The sums of the siblings of one tile of {@link UnitLeaves}, one tile after another. Of leaves 1 /
 * (c - w0) and 1 / (c - w1) the sum is
 *
 * <pre>(2 c - s) / (c^2 - c s + m), s = w0 + w1, m = w0 w1</pre>
 *
 * and with w = a + beta b, s and m are made of sums and products over F. Nothing is over E but the
 * result. An instance holds scratch, so each thread needs its own.
 */
public final class LeafSums {
  private static final int SIZE = FractionTile.SIZE;

  private final FractionTile tile = new FractionTile();
  private final UnitLeaves.Reader reader;
  private final Ext beta;
  private final int[] first = new int[2 * SIZE];
  private final int[] second = new int[2 * SIZE];
  private final int[] sums = new int[SIZE];
  private final int[] products = new int[SIZE];
  private final int[] secondSums = new int[SIZE];
  private final int[] crosses = new int[SIZE];
  private final int[] secondProducts = new int[SIZE];
  private final int[] scratch = new int[SIZE];
  private boolean live;
  private boolean wide;
  private Ext constant = Ext.ZERO;

  public LeafSums(UnitLeaves leaves) {
    reader = leaves.reader();
    beta = leaves.factor();
  }

  /** Reads live tile number {@code slot}, or with -1 a tile whose fractions are 0 / 1. */
  public void read(int slot) {
    live = slot >= 0;
    if (!live) {
      return;
    }
    wide = reader.read(slot, first, second, 0);
    constant = reader.constant(slot);
    tile.addBase(first, 0, first, SIZE, sums);
    tile.multiplyBase(first, 0, first, SIZE, products);
    if (wide) {
      tile.addBase(second, 0, second, SIZE, secondSums);
      tile.multiplyBase(second, 0, second, SIZE, secondProducts);
      tile.multiplyBase(first, 0, second, SIZE, crosses);
      tile.multiplyBase(second, 0, first, SIZE, scratch);
      tile.addBase(crosses, 0, scratch, 0, crosses);
    }
  }

  /** Writes factor p and q of the sums p / q. */
  public void into(Ext factor, ExtVector p, ExtVector q) {
    if (!live) {
      p.fill(Ext.ZERO);
      q.fill(Ext.ONE);
      return;
    }
    Ext slope = constant.neg();
    Ext minus = factor.neg();
    int[] others = wide ? secondSums : sums;
    Ext ofOthers = wide ? minus.mul(beta) : Ext.ZERO;
    tile.affine(constant.doubled().mul(factor), minus, sums, 0, ofOthers, others, 0, p);
    if (wide) {
      tile.affine(
          constant.square(),
          new Ext[] {slope, slope.mul(beta), beta, beta.square()},
          new int[][] {sums, secondSums, crosses, secondProducts},
          new int[4],
          q);
      tile.addBase(q, products);
    } else {
      tile.affine(constant.square(), slope, sums, 0, Ext.ONE, products, 0, q);
    }
  }

  /** Whether both are live with the same c and without b. */
  public boolean isLike(LeafSums other) {
    return live && other.live && !wide && !other.wide && constant.equals(other.constant);
  }

  /**
   * Writes p / q, the sums of this and another tile of the kind that {@link #isLike} says. With e_j
   * the elementary symmetric functions of the four a,
   *
   * <pre>q = c^4 - e1 c^3 + e2 c^2 - e3 c + e4, p = 4 c^3 - 3 e1 c^2 + 2 e2 c - e3</pre>
   */
  public void combine(LeafSums other, ExtVector p, ExtVector q) {
    int[] e1 = scratch;
    int[] e2 = secondSums;
    int[] e3 = crosses;
    int[] e4 = secondProducts;
    tile.multiplyBase(products, 0, other.products, 0, e4);
    tile.multiplyBase(sums, 0, other.products, 0, e3);
    tile.multiplyBase(products, 0, other.sums, 0, e1);
    tile.addBase(e3, 0, e1, 0, e3);
    tile.multiplyBase(sums, 0, other.sums, 0, e2);
    tile.addBase(e2, 0, products, 0, e2);
    tile.addBase(e2, 0, other.products, 0, e2);
    tile.addBase(sums, 0, other.sums, 0, e1);
    Ext square = constant.square();
    Ext cube = square.mul(constant);
    int[][] all = {e1, e2, e3, e4};
    tile.affine(
        square.square(),
        new Ext[] {cube.neg(), square, constant.neg(), Ext.ONE},
        all,
        new int[4],
        q);
    tile.affine(
        cube.mulBase(4),
        new Ext[] {square.mulBase(3).neg(), constant.doubled(), Ext.ONE.neg(), Ext.ZERO},
        all,
        new int[4],
        p);
  }
}
