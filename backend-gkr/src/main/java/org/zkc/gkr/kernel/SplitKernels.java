package org.zkc.gkr.kernel;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * {@link Kernels} on tables that are cut into pieces for several threads. Sums in E are exact, so
 * results do not depend on the pieces. Short tables are one piece.
 */
public final class SplitKernels {
  /** Elements of a piece at least: some microseconds, of which handing it out takes one. */
  private static final int LEAST = 1 << 11;

  /** Pieces begin at multiples of this, so that vector loops have no ends inside. */
  private static final int TILE = 256;

  private final Kernels kernels = Kernels.best();
  private final Workers workers;

  public SplitKernels(Workers workers) {
    this.workers = workers;
  }

  /** {@link Kernels#bind}. */
  public ExtVector bind(ExtVector table, int half, Ext r) {
    int length = Math.min(table.length(), half);
    workers.forEachPiece(length, LEAST, (from, to) -> kernels.bind(table, half, r, from, to));
    return table.slice(0, length);
  }

  /** {@link Kernels#bindBase}. */
  public ExtVector bindBase(int[] table, int offset, int length, int half, Ext r) {
    ExtVector out = new ExtVector(Math.min(length, half));
    workers.forEachPiece(
        out.length(),
        LEAST,
        (from, to) -> kernels.bindBase(table, offset, length, half, r, out, from, to));
    return out;
  }

  /** {@link Kernels#roundOfTwo}. */
  public Ext[] roundOfTwo(ExtVector f, ExtVector g, int half) {
    return sum(2, half, (from, to) -> kernels.roundOfTwo(f, g, half, from, to));
  }

  /** {@link Kernels#roundOfTwoBase}. */
  public Ext[] roundOfTwoBase(int[] f, int offset, int length, ExtVector g, int half) {
    return sum(2, half, (from, to) -> kernels.roundOfTwoBase(f, offset, length, g, half, from, to));
  }

  /** {@link Kernels#bindTwo}. */
  public Ext[] bindTwo(ExtVector f, ExtVector g, int half, Ext r) {
    return sum(2, half / 2, (from, to) -> kernels.bindTwo(f, g, half, r, from, to));
  }

  /** {@link Kernels#bindTwoBase}. */
  public Ext[] bindTwoBase(int[] f, int offset, ExtVector bound, ExtVector g, int half, Ext r) {
    return sum(
        2, half / 2, (from, to) -> kernels.bindTwoBase(f, offset, bound, g, half, r, from, to));
  }

  /** {@link Kernels#roundOfThree}. */
  public Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half) {
    return sum(3, half, (from, to) -> kernels.roundOfThree(w, f, g, half, from, to));
  }

  /** {@link Kernels#roundOfThreeBase}. */
  public Ext[] roundOfThreeBase(ExtVector w, int[] f, int[] g, int half) {
    return sum(3, half, (from, to) -> kernels.roundOfThreeBase(w, f, g, half, from, to));
  }

  /** {@link Kernels#roundOfProduct}. */
  public Ext[] roundOfProduct(ExtVector[] tables, ExtVector eqHigh, ExtVector eqLow, int half) {
    return sumOfProducts(
        tables.length,
        eqLow.length(),
        half,
        (from, to) -> kernels.roundOfProduct(tables, eqHigh, eqLow, half, from, to));
  }

  /** {@link Kernels#roundOfProductBase}. */
  public Ext[] roundOfProductBase(int[][] tables, ExtVector eqHigh, ExtVector eqLow, int half) {
    return sumOfProducts(
        tables.length,
        eqLow.length(),
        half,
        (from, to) -> kernels.roundOfProductBase(tables, eqHigh, eqLow, half, from, to));
  }

  private Ext[] sumOfProducts(int sums, int low, int half, RangeSums range) {
    int blocks = half / low;
    int pieces = Math.min(workers.pieces(half, LEAST), blocks);
    return sum(
        sums,
        pieces,
        k ->
            range.of(
                (int) ((long) blocks * k / pieces) * low,
                (int) ((long) blocks * (k + 1) / pieces) * low));
  }

  /** {@link Kernels#dot}. */
  public Ext dot(ExtVector a, ExtVector b) {
    return kernels.dot(a, b);
  }

  private interface RangeSums {
    Ext[] of(int from, int to);
  }

  private interface PieceSums {
    Ext[] of(int piece);
  }

  private Ext[] sum(int sums, int count, RangeSums range) {
    int pieces = workers.pieces(count, LEAST);
    return sum(
        sums,
        pieces,
        k ->
            range.of(Workers.cut(count, pieces, k, TILE), Workers.cut(count, pieces, k + 1, TILE)));
  }

  private Ext[] sum(int sums, int pieces, PieceSums of) {
    if (pieces == 1) {
      return of.of(0);
    }
    Ext[][] parts = new Ext[pieces][];
    workers.forEach(pieces, k -> parts[k] = of.of(k));
    Ext[] out = new Ext[sums];
    Arrays.fill(out, Ext.ZERO);
    for (Ext[] part : parts) {
      for (int v = 0; v < sums; v++) {
        out[v] = out[v].add(part[v]);
      }
    }
    return out;
  }
}
