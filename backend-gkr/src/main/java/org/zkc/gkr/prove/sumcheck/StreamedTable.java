package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.weight.WeightRows;

/**
 * A table over F with its weights in the first rounds of a sumcheck. Neither is ever in memory
 * whole: every round makes both again, tile by tile, until they are stored with some variables
 * bound. Weights stored at the start would take 16 bytes an element, where the table's own elements
 * take one to four.
 */
public final class StreamedTable {
  /** Elements of a tile, whose values stay in the first-level cache. */
  private static final int TILE = 512;

  /** The table and its weights, asked for when the table's own variables begin. */
  public interface Source {
    /** The weights; the objects are the caller's own. */
    List<WeightRows> weights();

    /** The elements up to the last that may be other than zero. */
    int length();

    /**
     * Writes elements [from, from + count) to out[at, at + count), which holds zeros; returns how
     * many may be other than zero, from the first on. Called from any thread.
     */
    int copy(int from, int count, int[] out, int at);
  }

  private final Kernels kernels = Kernels.best();
  private final Source source;
  private final List<WeightRows> weights;
  private int left;
  // eq of the variables that are bound, at the challenges.
  private ExtVector bound = ExtVector.of(Ext.ONE);

  StreamedTable(int variables, Source source) {
    this.source = source;
    this.weights = source.weights();
    left = variables;
  }

  /** Binds the first variable. */
  void bind(Ext r) {
    ExtVector next = new ExtVector(2 * bound.length());
    for (int b = 0; b < bound.length(); b++) {
      Ext high = bound.get(b).mul(r);
      next.set(2 * b, bound.get(b).sub(high));
      next.set(2 * b + 1, high);
    }
    bound = next;
    weights.forEach(w -> w.bind(r));
    left--;
  }

  /** The elements up to the last that may be other than zero, in the table or in the weights. */
  int length() {
    int length = Math.min(source.length(), 1 << left);
    for (WeightRows w : weights) {
      length = Math.max(length, w.length());
    }
    return length;
  }

  /**
   * The share of the pairs [from, to) in {@link Kernels#roundOfTwo}. Products over F are added up
   * along the rows of each weight, so that neither weights nor values over E are made.
   */
  Ext[] message(int from, int to) {
    int half = 1 << left >> 1;
    int end = Math.min(to, length());
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    int tile = Math.clamp(end - from, 0, TILE);
    int[] low = new int[tile];
    int[] high = new int[tile];
    ExtVector scratch = new ExtVector(tile);
    for (int at = from; at < end; at += TILE) {
      int count = Math.min(TILE, end - at);
      for (int b = 0; b < bound.length(); b++) {
        boolean some = read(b, at, count, low);
        boolean both = read(b, half + at, count, high);
        if (!some && !both) {
          continue;
        }
        Ext at0 = Ext.ZERO;
        for (WeightRows w : weights) {
          at0 = at0.add(w.dot(at, low, count));
        }
        // 2 high - low.
        kernels.addMultipleBase(high, 0, M31.P - 1, low, 0, low, 0, count);
        kernels.addMultipleBase(high, 0, 1, low, 0, high, 0, count);
        Ext at2 = Ext.ZERO;
        for (WeightRows w : weights) {
          at2 = at2.add(w.dotAtTwo(at, high, count, scratch));
        }
        sums[0] = sums[0].add(bound.get(b).mul(at0));
        sums[1] = sums[1].add(bound.get(b).mul(at2));
      }
    }
    return sums;
  }

  /** Reads elements of one block of those that are bound; false where all are zeros. */
  private boolean read(int block, int from, int count, int[] out) {
    Arrays.fill(out, 0, count, 0);
    long at = ((long) block << left) + from;
    if (at >= source.length()) {
      return false;
    }
    source.copy((int) at, count, out, 0);
    return true;
  }

  /**
   * Stores the pairs [from, to), or the only element, and returns their share in {@link
   * Kernels#roundOfTwo}.
   *
   * @param values and {@code weightsOut} of {@link #length} elements, with any content
   */
  Ext[] store(ExtVector values, ExtVector weightsOut, int from, int to) {
    int half = 1 << left >> 1;
    int length = values.length();
    int[] base = new int[Math.min(TILE, length)];
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    if (half == 0) {
      values(0, values, base);
      weights(0, weightsOut);
      return sums;
    }
    int end = Math.min(to, length);
    for (int at = from; at < end; at += TILE) {
      int count = Math.min(TILE, end - at);
      int high = Math.clamp(length - half - at, 0, count);
      values(at, values.slice(at, count), base);
      weights(at, weightsOut.slice(at, count));
      if (high > 0) {
        values(half + at, values.slice(half + at, high), base);
        weights(half + at, weightsOut.slice(half + at, high));
      }
      Ext[] part = kernels.roundOfTwo(values, weightsOut, half, at, at + count);
      sums[0] = sums[0].add(part[0]);
      sums[1] = sums[1].add(part[1]);
    }
    return sums;
  }

  /** The weights from {@code from} on. */
  private void weights(int from, ExtVector out) {
    out.fill(Ext.ZERO);
    weights.forEach(w -> w.addTo(out, from));
  }

  /** The elements from {@code from} on, the first variables bound. */
  private void values(int from, ExtVector out, int[] base) {
    out.fill(Ext.ZERO);
    for (int b = 0; b < bound.length(); b++) {
      long at = ((long) b << left) + from;
      if (at < source.length()) {
        Arrays.fill(base, 0, out.length(), 0);
        int count = source.copy((int) at, out.length(), base, 0);
        kernels.addScaledBase(out, bound.get(b), base, 0, count);
      }
    }
  }
}
