package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * The kernels put together from a few {@link Loops}: rounds run over tiles whose intermediate
 * values stay in the first-level cache.
 */
final class TiledKernels implements Kernels {
  static final TiledKernels BEST = new TiledKernels(Loops.best());

  /** Elements of a tile: 16 bytes each, a few tiles fit the cache. */
  private static final int TILE = 256;

  /** Pairs that are quicker done one by one than by loops: 0.1 us each where loops take 0.5 us. */
  private static final int FEW = 4;

  private final Loops loops;

  TiledKernels(Loops loops) {
    this.loops = loops;
  }

  @Override
  public void expect(long elements) {
    loops.expect(elements);
  }

  @Override
  public void bind(ExtVector table, int half, Ext r, int from, int to) {
    int both = Math.clamp(table.length() - half, from, to);
    if (both > from) {
      ExtVector low = table.slice(from, both - from);
      loops.line(low, table.slice(half + from, both - from), r, low);
    }
    if (both < to) {
      scale(table.slice(both, to - both), Ext.ONE.sub(r));
    }
  }

  @Override
  public void bindBase(
      int[] table, int offset, int length, int half, Ext r, ExtVector out, int from, int to) {
    int both = Math.clamp(length - half, from, to);
    if (both > from) {
      ExtVector part = out.slice(from, both - from);
      loops.lineBase(table, offset + from, offset + half + from, r, part);
    }
    if (both < to) {
      ExtVector rest = out.slice(both, to - both);
      rest.fill(Ext.ZERO);
      addScaledBase(rest, Ext.ONE.sub(r), table, offset + both, to - both);
    }
  }

  @Override
  public void expandEq(ExtVector table, int half, Ext r) {
    int both = Math.min(half, table.length() - half);
    if (both > 0) {
      ExtVector low = table.slice(0, both);
      ExtVector high = table.slice(half, both);
      loops.scale(low, r, high);
      loops.subtract(low, high, low);
    }
    scale(table.slice(Math.max(0, both), half - Math.max(0, both)), Ext.ONE.sub(r));
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    loops.multiply(a, b, out);
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    loops.square(a, out);
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    loops.add(a, b, out);
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    loops.subtract(a, b, out);
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    loops.multiplyBase(a, aAt, b, bAt, out, outAt, count);
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    loops.addMultipleBase(a, aAt, c, b, bAt, out, outAt, count);
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    int count = Math.min(a.length(), b.length());
    return loops.dot(a.slice(0, count), b.slice(0, count));
  }

  @Override
  public Ext dotBase(int[] base, int offset, int length, ExtVector b) {
    return loops.dotBase(base, offset, b.slice(0, Math.min(length, b.length())));
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset, int length) {
    loops.addScaledBase(accumulator.slice(0, length), c, base, offset);
  }

  @Override
  public void addScaled(ExtVector accumulator, Ext c, ExtVector v) {
    loops.addScaled(v, c, accumulator.slice(0, v.length()));
  }

  @Override
  public void scale(ExtVector v, Ext c) {
    loops.scale(v, c, v);
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    if (width != 1 && width != 2 && width != 4) {
      throw new IllegalArgumentException("weights of " + width + " bytes");
    }
    loops.foldRows(weights, width, columns, stride, coefficients, accumulator);
  }

  @Override
  public Ext[] roundOfTwo(ExtVector f, ExtVector g, int half, int from, int to) {
    int shortest = Math.min(f.length(), g.length());
    int end = Math.min(shortest, to);
    if (from >= end) {
      return new Ext[] {Ext.ZERO, Ext.ZERO};
    }
    int both = Math.clamp(shortest - half, from, end);
    Ext at0 = loops.dot(f.slice(from, end - from), g.slice(from, end - from));
    Ext at2 = Ext.ZERO;
    int tile = Math.min(TILE, both - from);
    ExtVector f2 = new ExtVector(tile);
    ExtVector g2 = new ExtVector(tile);
    for (int at = from; at < both; at += TILE) {
      int count = Math.min(TILE, both - at);
      atTwo(f, at, half, f2.slice(0, count));
      atTwo(g, at, half, g2.slice(0, count));
      at2 = at2.add(dot(f2.slice(0, count), g2.slice(0, count)));
    }
    return new Ext[] {at0, at2.add(restOfTwo(f, g, half, both, end))};
  }

  // The terms of [both, end) at t = 2: a table without its upper half there is -f(0, k).
  private Ext restOfTwo(ExtVector f, ExtVector g, int half, int both, int end) {
    if (f.length() <= half + both && g.length() <= half + both) {
      return loops.dot(f.slice(both, end - both), g.slice(both, end - both));
    }
    Ext sum = Ext.ZERO;
    for (int k = both; k < end; k++) {
      sum = sum.add(at(2, f, half, k).mul(at(2, g, half, k)));
    }
    return sum;
  }

  @Override
  public Ext[] roundOfTwoBase(
      int[] f, int offset, int length, ExtVector g, int half, int from, int to) {
    if (length != g.length()) {
      return roundOfTwo(
          ExtVector.ofBase(Arrays.copyOfRange(f, offset, offset + length), length),
          g,
          half,
          from,
          to);
    }
    int end = Math.min(length, to);
    if (from >= end) {
      return new Ext[] {Ext.ZERO, Ext.ZERO};
    }
    int both = Math.clamp(length - half, from, end);
    Ext at0 = loops.dotBase(f, offset + from, g.slice(from, end - from));
    Ext at2 = loops.dotBase(f, offset + both, g.slice(both, end - both));
    int[] f2 = new int[Math.min(TILE, both - from)];
    ExtVector g2 = new ExtVector(f2.length);
    for (int at = from; at < both; at += TILE) {
      int count = Math.min(TILE, both - at);
      loops.atTwoBase(f, offset + at, offset + half + at, f2, count);
      atTwo(g, at, half, g2.slice(0, count));
      at2 = at2.add(dotBase(f2, 0, count, g2));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public Ext[] bindTwo(ExtVector f, ExtVector g, int half, Ext r, int from, int to) {
    return roundOfBound(
        f,
        g,
        Math.min(f.length(), half),
        half / 2,
        from,
        to,
        (first, end) -> {
          bind(f, half, r, first, end);
          bind(g, half, r, first, end);
        });
  }

  @Override
  public Ext[] bindTwoBase(
      int[] f, int offset, ExtVector bound, ExtVector g, int half, Ext r, int from, int to) {
    return roundOfBound(
        bound,
        g,
        bound.length(),
        half / 2,
        from,
        to,
        (first, end) -> {
          bindBase(f, offset, g.length(), half, r, bound, first, end);
          bind(g, half, r, first, end);
        });
  }

  /** Binds what becomes elements [from, to) of both tables. */
  private interface Binding {
    void run(int from, int to);
  }

  /** The round of two tables of {@code length} elements that are bound tile by tile. */
  private Ext[] roundOfBound(
      ExtVector f, ExtVector g, int length, int half, int first, int to, Binding binding) {
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    int end = Math.min(length, to);
    if (first >= end) {
      return new Ext[] {at0, at2};
    }
    ExtVector f2 = new ExtVector(Math.min(TILE, end - first));
    ExtVector g2 = new ExtVector(f2.length());
    for (int from = first; from < end; from += TILE) {
      int count = Math.min(TILE, end - from);
      int both = Math.clamp(length - half - from, 0, count);
      binding.run(from, from + count);
      ExtVector fLow = f.slice(from, count);
      ExtVector gLow = g.slice(from, count);
      at0 = at0.add(loops.dot(fLow, gLow));
      if (both > 0) {
        binding.run(half + from, half + from + both);
        loops.atTwo(fLow.slice(0, both), f.slice(half + from, both), f2.slice(0, both));
        loops.atTwo(gLow.slice(0, both), g.slice(half + from, both), g2.slice(0, both));
        at2 = at2.add(loops.dot(f2.slice(0, both), g2.slice(0, both)));
      }
      at2 = at2.add(loops.dot(fLow.slice(both, count - both), gLow.slice(both, count - both)));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half, int first, int to) {
    int shortest = Math.min(w.length(), Math.min(f.length(), g.length()));
    int end = Math.min(shortest, to);
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    Ext at3 = Ext.ZERO;
    if (first >= end) {
      return new Ext[] {at0, at2, at3};
    }
    int both = Math.clamp(shortest - half, first, end);
    int tile = Math.min(TILE, both - first);
    ExtVector w2 = new ExtVector(tile);
    ExtVector f2 = new ExtVector(tile);
    ExtVector g2 = new ExtVector(tile);
    ExtVector w3 = new ExtVector(tile);
    ExtVector f3 = new ExtVector(tile);
    ExtVector g3 = new ExtVector(tile);
    ExtVector product = new ExtVector(tile);
    for (int from = first; from < both; from += TILE) {
      int count = Math.min(TILE, both - from);
      ExtVector p = product.slice(0, count);
      loops.multiply(w.slice(from, count), f.slice(from, count), p);
      at0 = at0.add(dot(p, g.slice(from, count)));
      atTwoAndThree(w, from, half, w2.slice(0, count), w3.slice(0, count));
      atTwoAndThree(f, from, half, f2.slice(0, count), f3.slice(0, count));
      atTwoAndThree(g, from, half, g2.slice(0, count), g3.slice(0, count));
      loops.multiply(w2.slice(0, count), f2.slice(0, count), p);
      at2 = at2.add(dot(p, g2));
      loops.multiply(w3.slice(0, count), f3.slice(0, count), p);
      at3 = at3.add(dot(p, g3));
    }
    // Past `both` some table has no upper half.
    if (Math.max(w.length(), Math.max(f.length(), g.length())) <= half + both) {
      // None has: at t a table is (1 - t) times its lower half.
      Ext rest = sumOfThree(w, f, g, both, end);
      at0 = at0.add(rest);
      at2 = at2.sub(rest);
      at3 = at3.sub(rest.mulBase(8));
      return new Ext[] {at0, at2, at3};
    }
    for (int k = both; k < end; k++) {
      at0 = at0.add(w.get(k).mul(f.get(k)).mul(g.get(k)));
      at2 = at2.add(at(2, w, half, k).mul(at(2, f, half, k)).mul(at(2, g, half, k)));
      at3 = at3.add(at(3, w, half, k).mul(at(3, f, half, k)).mul(at(3, g, half, k)));
    }
    return new Ext[] {at0, at2, at3};
  }

  /** sum of w f g over [from, end). */
  private Ext sumOfThree(ExtVector w, ExtVector f, ExtVector g, int from, int end) {
    Ext sum = Ext.ZERO;
    ExtVector product = new ExtVector(Math.clamp(end - from, 0, TILE));
    for (int at = from; at < end; at += TILE) {
      int count = Math.min(TILE, end - at);
      ExtVector p = product.slice(0, count);
      loops.multiply(w.slice(at, count), f.slice(at, count), p);
      sum = sum.add(dot(p, g.slice(at, count)));
    }
    return sum;
  }

  @Override
  public Ext[] roundOfThreeBase(ExtVector w, int[] f, int[] g, int half, int first, int to) {
    int end = Math.min(w.length(), to);
    if (first >= end) {
      return new Ext[] {Ext.ZERO, Ext.ZERO, Ext.ZERO};
    }
    int both = Math.clamp(w.length() - half, first, end);
    return new BaseTile(loops, w, f, g, half, TILE).sums(first, both, end);
  }

  @Override
  public Ext[] roundOfFractions(
      ExtVector p0,
      ExtVector q0,
      ExtVector p1,
      ExtVector q1,
      ExtVector eqHigh,
      ExtVector eqLow,
      int half) {
    int low = eqLow.length();
    if (half <= FEW && low == half) {
      return roundOfFewFractions(p0, q0, p1, q1, eqHigh.get(0), eqLow, half);
    }
    int tile = Math.min(TILE, low);
    ExtVector a = new ExtVector(tile);
    ExtVector b = new ExtVector(tile);
    ExtVector c = new ExtVector(tile);
    ExtVector d = new ExtVector(tile);
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    for (int h = 0; h < half / low; h++) {
      Ext part0 = Ext.ZERO;
      Ext part2 = Ext.ZERO;
      for (int from = 0; from < low; from += tile) {
        int at = h * low + from;
        ExtVector eq = eqLow.slice(from, tile);
        loops.add(p0.slice(at, tile), q0.slice(at, tile), a);
        loops.multiplyAdd(q1.slice(at, tile), a, p1.slice(at, tile), q0.slice(at, tile), a);
        part0 = part0.add(dot(a, eq));
        atTwo(p0, at, half, a);
        atTwo(q0, at, half, b);
        atTwo(p1, at, half, c);
        atTwo(q1, at, half, d);
        loops.add(a, b, a);
        loops.multiplyAdd(d, a, c, b, a);
        part2 = part2.add(dot(a, eq));
      }
      at0 = at0.add(eqHigh.get(h).mul(part0));
      at2 = at2.add(eqHigh.get(h).mul(part2));
    }
    return new Ext[] {at0, at2};
  }

  /** {@link #roundOfFractions} element by element. */
  private static Ext[] roundOfFewFractions(
      ExtVector p0,
      ExtVector q0,
      ExtVector p1,
      ExtVector q1,
      Ext eqHigh,
      ExtVector eqLow,
      int half) {
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    for (int k = 0; k < half; k++) {
      Ext eq = eqHigh.mul(eqLow.get(k));
      for (int t = 0; t <= 2; t += 2) {
        Ext q = at(t, q0, half, k);
        Ext left = at(t, q1, half, k).mul(at(t, p0, half, k).add(q));
        Ext term = left.add(at(t, p1, half, k).mul(q));
        sums[t / 2] = sums[t / 2].add(eq.mul(term));
      }
    }
    return sums;
  }

  @Override
  public Ext[] roundOfProduct(
      ExtVector[] tables, ExtVector eqHigh, ExtVector eqLow, int half, int first, int last) {
    int low = eqLow.length();
    int length = Math.min(tables[0].length(), last);
    int both = Math.max(0, tables[0].length() - half);
    Ext[] sums = new Ext[tables.length];
    Arrays.fill(sums, Ext.ZERO);
    ProductTile tile = new ProductTile(loops, tables, half, Math.min(TILE, low));
    for (int start = first; start < length; start += low) {
      Ext[] part = new Ext[tables.length];
      Arrays.fill(part, Ext.ZERO);
      int end = Math.min(length, start + low);
      for (int from = start; from < end; ) {
        // Tiles end where the upper halves do.
        int to = Math.min(end, from + TILE);
        to = from < both ? Math.min(to, both) : to;
        tile.addTo(part, eqLow.slice(from - start, to - from), from, from < both);
        from = to;
      }
      for (int v = 0; v < sums.length; v++) {
        sums[v] = sums[v].add(eqHigh.get(start / low).mul(part[v]));
      }
    }
    return sums;
  }

  @Override
  public Ext[] roundOfProductBase(
      int[][] tables, ExtVector eqHigh, ExtVector eqLow, int half, int first, int last) {
    int low = eqLow.length();
    int length = Math.min(tables[0].length, last);
    int both = Math.max(0, tables[0].length - half);
    Ext[] sums = new Ext[tables.length];
    Arrays.fill(sums, Ext.ZERO);
    BaseProductTile tile = new BaseProductTile(loops, tables, half, Math.min(TILE, low));
    for (int start = first; start < length; start += low) {
      Ext[] part = new Ext[tables.length];
      Arrays.fill(part, Ext.ZERO);
      int end = Math.min(length, start + low);
      for (int from = start; from < end; ) {
        // Tiles end where the upper halves do.
        int to = Math.min(end, from + TILE);
        to = from < both ? Math.min(to, both) : to;
        tile.addTo(part, eqLow.slice(from - start, to - from), from, from < both);
        from = to;
      }
      for (int v = 0; v < sums.length; v++) {
        sums[v] = sums[v].add(eqHigh.get(start / low).mul(part[v]));
      }
    }
    return sums;
  }

  @Override
  public void denominators(Ext constant, Ext[] betas, int[][] columns, int offset, ExtVector out) {
    out.fill(constant);
    for (int j = 0; j < betas.length; j++) {
      if (betas[j].equals(Ext.ONE)) {
        subtractBase(out, columns[j], offset);
      } else {
        addScaledBase(out, betas[j].neg(), columns[j], offset, out.length());
      }
    }
  }

  // Touches the first limb only.
  private static void subtractBase(ExtVector out, int[] column, int offset) {
    int[] limb = out.limb(0);
    int at = out.offset();
    for (int k = 0; k < out.length(); k++) {
      int difference = limb[at + k] - column[offset + k];
      limb[at + k] = difference + (difference >> 31 & M31.P);
    }
  }

  Loops loops() {
    return loops;
  }

  private void atTwo(ExtVector f, int from, int half, ExtVector out) {
    loops.atTwo(f.slice(from, out.length()), f.slice(half + from, out.length()), out);
  }

  private void atTwoAndThree(ExtVector f, int from, int half, ExtVector two, ExtVector three) {
    loops.atTwoAndThree(
        f.slice(from, two.length()), f.slice(half + from, two.length()), two, three);
  }

  // f(t, k) for k below half and within f.
  private static Ext at(int t, ExtVector f, int half, int k) {
    if (t == 0) {
      return f.get(k);
    }
    Ext high = half + k < f.length() ? f.get(half + k) : Ext.ZERO;
    return f.get(k).add(high.sub(f.get(k)).mulBase(t));
  }
}
