package org.zkc.gkr.kernel;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * Tiles of {@link #SIZE} fractions of a logup layer, short enough for the first-level cache. An
 * instance holds scratch, so each thread needs its own. Every vector has at most {@link #SIZE}
 * elements and all of one call have one length.
 */
public final class FractionTile {
  /** log2 of {@link #SIZE}, which is the tile of the protocol. */
  public static final int VARIABLES = ProtocolConstants.LOG_FRACTION_TILE;

  public static final int SIZE = 1 << VARIABLES;

  private final Loops loops;
  // Made when first needed: most tiles only bind or add.
  private ExtVector[] scratch = {};

  /** A tile with the loops of {@link Kernels#best()}. */
  public FractionTile() {
    this(TiledKernels.BEST.loops());
  }

  FractionTile(Loops loops) {
    this.loops = loops;
  }

  private ExtVector scratch(int index, int length) {
    if (scratch.length <= index) {
      int had = scratch.length;
      scratch = Arrays.copyOf(scratch, index + 1);
      for (int k = had; k <= index; k++) {
        scratch[k] = new ExtVector(SIZE);
      }
    }
    return scratch[index].slice(0, length);
  }

  /**
   * Adds scale times the values at t = 0 and t = 2 of sum over k of eq[k] [q1(t, k) (p0(t, k) +
   * q0(t, k)) + p1(t, k) q0(t, k)] to {@code sums}. Both arrays hold p0, q0, p1, q1, at t = 0 and
   * at t = 1.
   */
  public void addFractions(Ext[] sums, ExtVector[] low, ExtVector[] high, ExtVector eq, Ext scale) {
    int n = eq.length();
    ExtVector x = scratch(0, n);
    ExtVector y = scratch(1, n);
    ExtVector z = scratch(2, n);
    ExtVector w = scratch(3, n);
    loops.add(low[0], low[1], x);
    loops.multiplyAdd(low[3], x, low[2], low[1], x);
    sums[0] = sums[0].add(scale.mul(loops.dot(x, eq)));
    loops.atTwo(low[0], high[0], x);
    loops.atTwo(low[1], high[1], y);
    loops.atTwo(low[2], high[2], z);
    loops.atTwo(low[3], high[3], w);
    loops.add(x, y, x);
    loops.multiplyAdd(w, x, z, y, x);
    sums[1] = sums[1].add(scale.mul(loops.dot(x, eq)));
  }

  /** {@link #addFractions} of sum over k of eq[k] f0(t, k) f1(t, k). */
  public void addProducts(Ext[] sums, ExtVector[] low, ExtVector[] high, ExtVector eq, Ext scale) {
    int n = eq.length();
    ExtVector x = scratch(0, n);
    ExtVector y = scratch(1, n);
    loops.multiply(low[0], low[1], x);
    sums[0] = sums[0].add(scale.mul(loops.dot(x, eq)));
    loops.atTwo(low[0], high[0], x);
    loops.atTwo(low[1], high[1], y);
    loops.multiply(x, y, x);
    sums[1] = sums[1].add(scale.mul(loops.dot(x, eq)));
  }

  /** out[k] = c + f x[xAt + k] + g y[yAt + k], x and y over F. */
  public void affine(Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out) {
    loops.affine(c, f, x, xAt, g, y, yAt, out);
  }

  /** out[k] = c + the sum over j of f[j] x[j][xAt[j] + k], four vectors over F. */
  public void affine(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out) {
    loops.affine(c, f, x, xAt, out);
  }

  /** The sums over k of w[k] (a[aAt + k] + b[bAt + k]) and of w[k] a[aAt + k] b[bAt + k]. */
  public Ext[] dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w) {
    return loops.dotPair(a, aAt, b, bAt, w);
  }

  /** The sum over k of w[k] base[k]. */
  public Ext dotBase(int[] base, ExtVector w) {
    return loops.dotBase(base, 0, w);
  }

  /** out[k] = 2 base[high + k] - base[low + k] for k below count. */
  public void atTwoBase(int[] base, int low, int high, int[] out, int count) {
    loops.atTwoBase(base, low, high, out, count);
  }

  /** out[k] = a[aAt + k] + b[bAt + k] over F. */
  public void addBase(int[] a, int aAt, int[] b, int bAt, int[] out) {
    loops.addMultipleBase(a, aAt, 1, b, bAt, out, 0, SIZE);
  }

  /** Adds base[k] to out[k]. */
  public void addBase(ExtVector out, int[] base) {
    int[] limb = out.limb(0);
    loops.addMultipleBase(limb, out.offset(), 1, base, 0, limb, out.offset(), out.length());
  }

  /** out[k] = a[aAt + k] b[bAt + k] over F. */
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out) {
    loops.multiplyBase(a, aAt, b, bAt, out, 0, SIZE);
  }

  /** out = low + r (high - low); out may be either. */
  public void line(ExtVector low, ExtVector high, Ext r, ExtVector out) {
    loops.line(low, high, r, out);
  }

  /** The sum p / q of the fractions p0 / q0 and p1 / q1. */
  public void combine(
      ExtVector p0, ExtVector q0, ExtVector p1, ExtVector q1, ExtVector p, ExtVector q) {
    loops.multiplyAdd(p0, q1, p1, q0, p);
    loops.multiply(q0, q1, q);
  }
}
