package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
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

  /** The share of the pairs [from, to) in {@link Kernels#roundOfTwo}. */
  Ext[] message(int from, int to) {
    int half = 1 << left >> 1;
    int length = length();
    int end = Math.min(to, length);
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    int tile = Math.clamp(end - from, 0, TILE);
    ExtVector weight = new ExtVector(2 * tile);
    ExtVector value = new ExtVector(bound.length() > 1 ? 2 * tile : 0);
    int[] base = new int[2 * tile];
    for (int at = from; at < end; at += TILE) {
      int count = Math.min(TILE, end - at);
      boolean both = half + at < length;
      ExtVector w = weight.slice(0, both ? 2 * count : count);
      weights(at, w.slice(0, count));
      if (both) {
        weights(half + at, w.slice(count, count));
      }
      Ext[] part;
      if (bound.length() == 1) {
        Arrays.fill(base, 0, w.length(), 0);
        source.copy(at, count, base, 0);
        if (both) {
          source.copy(half + at, count, base, count);
        }
        part = kernels.roundOfTwoBase(base, 0, w.length(), w, count);
      } else {
        ExtVector f = value.slice(0, w.length());
        values(at, f.slice(0, count), base);
        if (both) {
          values(half + at, f.slice(count, count), base);
        }
        part = kernels.roundOfTwo(f, w, count);
      }
      sums[0] = sums[0].add(part[0]);
      sums[1] = sums[1].add(part[1]);
    }
    return sums;
  }

  /**
   * Stores the pairs [from, to), or the only element, and returns their share in {@link
   * Kernels#roundOfTwo}.
   *
   * @param values and {@code weights} of {@link #length} elements, zeros
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
