package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * The kernels by vectors. The heavy bodies are few ({@link VectorExt}, {@link VectorBase}, {@link VectorFold}); rounds
 * are put together from them over tiles whose intermediate values stay in the first-level cache. What is left over at
 * the end of a range goes to {@link ScalarKernels}.
 */
public final class VectorKernels implements Kernels {
  /** Elements of a tile: 16 bytes each, a few tiles fit the cache. */
  private static final int TILE = 256;

  private final ScalarKernels scalar = new ScalarKernels();

  @Override
  public ExtVector bind(ExtVector table, int half, Ext r) {
    int length = Math.min(table.length(), half);
    int both = Math.max(0, table.length() - half);
    ExtVector low = table.slice(0, length);
    if (both > 0) {
      ExtVector high = table.slice(half, both);
      for (int k = VectorExt.line(low, high, r, low, both); k < both; k++) {
        low.set(k, low.get(k).add(r.mul(high.get(k).sub(low.get(k)))));
      }
    }
    scale(low.slice(both, length - both), Ext.ONE.sub(r));
    return low;
  }

  @Override
  public ExtVector bindBase(int[] table, int offset, int length, int half, Ext r) {
    ExtVector out = new ExtVector(Math.min(length, half));
    int both = Math.max(0, length - half);
    for (int k = VectorBase.line(table, offset, offset + half, r, out, both); k < both; k++) {
      int low = table[offset + k];
      out.set(k, r.mulBase(M31.sub(table[offset + half + k], low)).add(Ext.of(low)));
    }
    addScaledBase(out.slice(both, out.length() - both), Ext.ONE.sub(r), table, offset + both, out.length() - both);
    return out;
  }

  @Override
  public void expandEq(ExtVector table, int half, Ext r) {
    int both = Math.min(half, table.length() - half);
    if (both > 0) {
      ExtVector low = table.slice(0, both);
      ExtVector high = table.slice(half, both);
      multiplyBy(low, r, high);
      subtract(low, high, low);
    }
    scale(table.slice(Math.max(0, both), half - Math.max(0, both)), Ext.ONE.sub(r));
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    int count = Math.min(a.length(), b.length());
    Ext[] sum = {Ext.ZERO};
    for (int k = VectorExt.dot(a, b, count, sum); k < count; k++) {
      sum[0] = sum[0].add(a.get(k).mul(b.get(k)));
    }
    return sum[0];
  }

  @Override
  public Ext dotBase(int[] base, int offset, int length, ExtVector b) {
    int count = Math.min(length, b.length());
    Ext[] sum = {Ext.ZERO};
    for (int k = VectorBase.dot(base, offset, b, count, sum); k < count; k++) {
      sum[0] = sum[0].add(b.get(k).mulBase(base[offset + k]));
    }
    return sum[0];
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset, int length) {
    for (int k = VectorBase.addScaled(accumulator, c, base, offset, length); k < length; k++) {
      accumulator.set(k, accumulator.get(k).add(c.mulBase(base[offset + k])));
    }
  }

  @Override
  public void addScaled(ExtVector accumulator, Ext c, ExtVector v) {
    for (int k = VectorExt.addScaled(v, c, accumulator, v.length()); k < v.length(); k++) {
      accumulator.set(k, accumulator.get(k).add(c.mul(v.get(k))));
    }
  }

  @Override
  public void scale(ExtVector v, Ext c) {
    multiplyBy(v, c, v);
  }

  @Override
  public void foldRows(MemorySegment weights, int width, int columns, ExtVector coefficients, ExtVector accumulator) {
    int done = width <= 2 ? VectorFold.fold(weights, width, columns, coefficients, accumulator) : 0;
    if (done < columns) {
      ScalarKernels.foldRows(weights, width, columns, done, coefficients, accumulator);
    }
  }

  @Override
  public Ext[] roundOfTwo(ExtVector f, ExtVector g, int half) {
    int both = bothHalves(half, f.length(), g.length());
    Ext at0 = dot(f.slice(0, Math.min(f.length(), half)), g.slice(0, Math.min(g.length(), half)));
    Ext at2 = Ext.ZERO;
    int tile = Math.min(TILE, both);
    ExtVector f2 = new ExtVector(tile);
    ExtVector g2 = new ExtVector(tile);
    for (int from = 0; from < both; from += TILE) {
      int count = Math.min(TILE, both - from);
      atTwo(f, from, half, f2.slice(0, count));
      atTwo(g, from, half, g2.slice(0, count));
      at2 = at2.add(dot(f2.slice(0, count), g2.slice(0, count)));
    }
    return new Ext[] {at0, at2.add(restOfTwo(f, g, half, both))};
  }

  // The terms past `both` at t = 2: a table without its upper half there is -f(0, k).
  private Ext restOfTwo(ExtVector f, ExtVector g, int half, int both) {
    int end = Math.min(half, Math.min(f.length(), g.length()));
    if (f.length() <= half + both && g.length() <= half + both) {
      return both < end ? dot(f.slice(both, end - both), g.slice(both, end - both)) : Ext.ZERO;
    }
    Ext sum = Ext.ZERO;
    for (int k = both; k < end; k++) {
      sum = sum.add(ScalarKernels.atTwo(f, half, k).mul(ScalarKernels.atTwo(g, half, k)));
    }
    return sum;
  }

  // How many k have f(1, k) for both tables.
  private static int bothHalves(int half, int length, int otherLength) {
    return Math.max(0, Math.min(length, otherLength) - half);
  }

  @Override
  public Ext[] roundOfTwoBase(int[] f, int offset, int length, ExtVector g, int half) {
    if (length != g.length() && Math.min(length, g.length()) != 2 * half) {
      return scalar.roundOfTwoBase(f, offset, length, g, half);
    }
    int both = bothHalves(half, length, g.length());
    int end = Math.min(half, length);
    Ext at0 = dotBase(f, offset, end, g);
    Ext at2 = dotBase(f, offset + both, end - both, g.slice(both, end - both));
    int[] f2 = new int[Math.min(TILE, both)];
    ExtVector g2 = new ExtVector(f2.length);
    for (int from = 0; from < both; from += TILE) {
      int count = Math.min(TILE, both - from);
      VectorSums.atTwo(f, offset + from, offset + half + from, f2, count);
      atTwo(g, from, half, g2.slice(0, count));
      at2 = at2.add(dotBase(f2, 0, count, g2));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half) {
    int both = Math.min(bothHalves(half, w.length(), f.length()), bothHalves(half, w.length(), g.length()));
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    Ext at3 = Ext.ZERO;
    int tile = Math.min(TILE, both);
    ExtVector w2 = new ExtVector(tile);
    ExtVector f2 = new ExtVector(tile);
    ExtVector g2 = new ExtVector(tile);
    ExtVector w3 = new ExtVector(tile);
    ExtVector f3 = new ExtVector(tile);
    ExtVector g3 = new ExtVector(tile);
    ExtVector product = new ExtVector(tile);
    for (int from = 0; from < both; from += TILE) {
      int count = Math.min(TILE, both - from);
      ExtVector p = product.slice(0, count);
      multiply(w.slice(from, count), f.slice(from, count), p);
      at0 = at0.add(dot(p, g.slice(from, count)));
      atTwoAndThree(w, from, half, w2.slice(0, count), w3);
      atTwoAndThree(f, from, half, f2.slice(0, count), f3);
      atTwoAndThree(g, from, half, g2.slice(0, count), g3);
      multiply(w2, f2, p);
      at2 = at2.add(dot(p, g2));
      multiply(w3, f3, p);
      at3 = at3.add(dot(p, g3));
    }
    Ext[] rest = scalar.roundOfThree(w, f, g, half, both);
    return new Ext[] {at0.add(rest[0]), at2.add(rest[1]), at3.add(rest[2])};
  }

  @Override
  public Ext[] roundOfFractions(
      ExtVector p0, ExtVector q0, ExtVector p1, ExtVector q1, ExtVector eqHigh, ExtVector eqLow, int half) {
    int low = eqLow.length();
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
        add(p0.slice(at, tile), q0.slice(at, tile), a);
        multiplyAdd(q1.slice(at, tile), a, p1.slice(at, tile), q0.slice(at, tile), a);
        part0 = part0.add(dot(a, eq));
        atTwo(p0, at, half, a);
        atTwo(q0, at, half, b);
        atTwo(p1, at, half, c);
        atTwo(q1, at, half, d);
        add(a, b, a);
        multiplyAdd(d, a, c, b, a);
        part2 = part2.add(dot(a, eq));
      }
      at0 = at0.add(eqHigh.get(h).mul(part0));
      at2 = at2.add(eqHigh.get(h).mul(part2));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public void combineFractions(ExtVector p, ExtVector q, int half, ExtVector outP, ExtVector outQ) {
    ExtVector q0 = q.slice(0, half);
    ExtVector q1 = q.slice(half, half);
    multiplyAdd(p.slice(0, half), q1, p.slice(half, half), q0, outP.slice(0, half));
    multiply(q0, q1, outQ.slice(0, half));
  }

  @Override
  public void combineUnitFractions(ExtVector q, int half, ExtVector outP, ExtVector outQ) {
    add(q.slice(0, half), q.slice(half, half), outP.slice(0, half));
    multiply(q.slice(0, half), q.slice(half, half), outQ.slice(0, half));
  }

  @Override
  public void denominators(Ext constant, Ext[] betas, int[][] columns, int offset, ExtVector out) {
    out.fill(constant);
    for (int j = 0; j < betas.length; j++) {
      addScaledBase(out, betas[j].neg(), columns[j], offset, out.length());
    }
  }

  private static void multiplyBy(ExtVector v, Ext c, ExtVector out) {
    for (int k = VectorExt.scale(v, c, out, v.length()); k < v.length(); k++) {
      out.set(k, v.get(k).mul(c));
    }
  }

  // out = a b.
  private static void multiply(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = VectorExt.multiply(a, b, out, out.length()); k < out.length(); k++) {
      out.set(k, a.get(k).mul(b.get(k)));
    }
  }

  // out = a b + c d; out may be any of them.
  private static void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out) {
    for (int k = VectorExt.multiplyAdd(a, b, c, d, out, out.length()); k < out.length(); k++) {
      out.set(k, a.get(k).mul(b.get(k)).add(c.get(k).mul(d.get(k))));
    }
  }

  private static void add(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = VectorSums.add(a, b, out, out.length()); k < out.length(); k++) {
      out.set(k, a.get(k).add(b.get(k)));
    }
  }

  private static void subtract(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = VectorSums.subtract(a, b, out, out.length()); k < out.length(); k++) {
      out.set(k, a.get(k).sub(b.get(k)));
    }
  }

  // out[k] = f(2, from + k).
  private static void atTwo(ExtVector f, int from, int half, ExtVector out) {
    ExtVector low = f.slice(from, out.length());
    ExtVector high = f.slice(half + from, out.length());
    for (int k = VectorSums.atTwo(low, high, out, out.length()); k < out.length(); k++) {
      out.set(k, high.get(k).doubled().sub(low.get(k)));
    }
  }

  // two[k] = f(2, from + k), three[k] = f(3, from + k).
  private static void atTwoAndThree(ExtVector f, int from, int half, ExtVector two, ExtVector three) {
    ExtVector low = f.slice(from, two.length());
    ExtVector high = f.slice(half + from, two.length());
    for (int k = VectorSums.atTwoAndThree(low, high, two, three, two.length()); k < two.length(); k++) {
      Ext difference = high.get(k).sub(low.get(k));
      two.set(k, high.get(k).add(difference));
      three.set(k, two.get(k).add(difference));
    }
  }
}
