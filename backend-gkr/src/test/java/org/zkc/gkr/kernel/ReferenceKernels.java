package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/** The definitions of {@link Kernels}, one element at a time. */
public final class ReferenceKernels implements Kernels {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public void bind(ExtVector table, int half, Ext r, int from, int to) {
    for (int k = from; k < to; k++) {
      table.set(k, line(at(table, k), at(table, half + k), r));
    }
  }

  @Override
  public void bindBase(
      int[] table, int offset, int length, int half, Ext r, ExtVector out, int from, int to) {
    for (int k = from; k < to; k++) {
      int low = table[offset + k];
      int high = half + k < length ? table[offset + half + k] : 0;
      out.set(k, r.mulBase(M31.sub(high, low)).add(Ext.of(low)));
    }
  }

  @Override
  public void expandEq(ExtVector table, int half, Ext r) {
    for (int k = 0; k < half; k++) {
      Ext e = table.get(k);
      Ext one = e.mul(r);
      if (half + k < table.length()) {
        table.set(half + k, one);
      }
      table.set(k, e.sub(one));
    }
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = 0; k < out.length(); k++) {
      out.set(k, a.get(k).mul(b.get(k)));
    }
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    multiply(a, a, out);
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = 0; k < out.length(); k++) {
      out.set(k, a.get(k).add(b.get(k)));
    }
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    for (int k = 0; k < out.length(); k++) {
      out.set(k, a.get(k).sub(b.get(k)));
    }
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    for (int k = 0; k < count; k++) {
      out[outAt + k] = M31.mul(a[aAt + k], b[bAt + k]);
    }
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    for (int k = 0; k < count; k++) {
      out[outAt + k] = M31.add(a[aAt + k], M31.mul(c, b[bAt + k]));
    }
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    Ext sum = Ext.ZERO;
    for (int k = 0; k < Math.min(a.length(), b.length()); k++) {
      sum = sum.add(a.get(k).mul(b.get(k)));
    }
    return sum;
  }

  @Override
  public Ext dotBase(int[] base, int offset, int length, ExtVector b) {
    Ext sum = Ext.ZERO;
    for (int k = 0; k < Math.min(length, b.length()); k++) {
      sum = sum.add(b.get(k).mulBase(base[offset + k]));
    }
    return sum;
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset, int length) {
    for (int k = 0; k < length; k++) {
      accumulator.set(k, accumulator.get(k).add(c.mulBase(base[offset + k])));
    }
  }

  @Override
  public void addScaled(ExtVector accumulator, Ext c, ExtVector v) {
    for (int k = 0; k < v.length(); k++) {
      accumulator.set(k, accumulator.get(k).add(c.mul(v.get(k))));
    }
  }

  @Override
  public void scale(ExtVector v, Ext c) {
    for (int k = 0; k < v.length(); k++) {
      v.set(k, v.get(k).mul(c));
    }
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    for (int row = 0; row < coefficients.length(); row++) {
      Ext c = coefficients.get(row);
      long start = (long) row * stride;
      for (int k = 0; k < columns; k++) {
        int w = M31.fromSigned(weight(weights, width, start + k));
        accumulator.set(k, accumulator.get(k).add(c.mulBase(w)));
      }
    }
  }

  private static int weight(MemorySegment weights, int width, long index) {
    return switch (width) {
      case 1 -> weights.get(ValueLayout.JAVA_BYTE, index);
      case 2 -> weights.get(SHORT, 2 * index);
      case 4 -> weights.get(INT, 4 * index);
      default ->
          throw new IllegalArgumentException("weight width " + width + " is not 1, 2 or 4 bytes");
    };
  }

  @Override
  public Ext[] roundOfTwo(ExtVector f, ExtVector g, int half, int from, int to) {
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    for (int k = from; k < to; k++) {
      Ext f0 = at(f, k);
      Ext f1 = at(f, half + k);
      Ext g0 = at(g, k);
      Ext g1 = at(g, half + k);
      at0 = at0.add(f0.mul(g0));
      at2 = at2.add(at2(f0, f1).mul(at2(g0, g1)));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public Ext[] bindTwo(ExtVector f, ExtVector g, int half, Ext r, int from, int to) {
    int length = Math.min(f.length(), half);
    for (int start : new int[] {0, half / 2}) {
      bind(f, half, r, Math.min(start + from, length), Math.min(start + to, length));
      bind(g, half, r, Math.min(start + from, length), Math.min(start + to, length));
    }
    return roundOfTwo(f.slice(0, length), g.slice(0, length), half / 2, from, to);
  }

  @Override
  public Ext[] bindTwoBase(
      int[] f, int offset, ExtVector bound, ExtVector g, int half, Ext r, int from, int to) {
    ExtVector all = bindBase(f, offset, g.length(), half, r);
    int length = bound.length();
    for (int start : new int[] {0, half / 2}) {
      int first = Math.min(start + from, length);
      int count = Math.min(start + to, length) - first;
      bound.slice(first, count).copyFrom(all.slice(first, count));
      bind(g, half, r, first, first + count);
    }
    return roundOfTwo(bound, g.slice(0, length), half / 2, from, to);
  }

  @Override
  public Ext[] roundOfTwoBase(
      int[] f, int offset, int length, ExtVector g, int half, int from, int to) {
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    for (int k = from; k < Math.min(to, length); k++) {
      int f0 = f[offset + k];
      int f1 = half + k < length ? f[offset + half + k] : 0;
      Ext g0 = at(g, k);
      at0 = at0.add(g0.mulBase(f0));
      at2 = at2.add(at2(g0, at(g, half + k)).mulBase(M31.sub(M31.add(f1, f1), f0)));
    }
    return new Ext[] {at0, at2};
  }

  @Override
  public Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half, int from, int to) {
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    Ext at3 = Ext.ZERO;
    for (int k = from; k < to; k++) {
      Ext w0 = at(w, k);
      Ext f0 = at(f, k);
      Ext g0 = at(g, k);
      at0 = at0.add(w0.mul(f0).mul(g0));
      Ext w1 = at(w, half + k);
      Ext f1 = at(f, half + k);
      Ext g1 = at(g, half + k);
      Ext w2 = at2(w0, w1);
      Ext f2 = at2(f0, f1);
      Ext g2 = at2(g0, g1);
      at2 = at2.add(w2.mul(f2).mul(g2));
      at3 = at3.add(w2.add(w1).sub(w0).mul(f2.add(f1).sub(f0)).mul(g2.add(g1).sub(g0)));
    }
    return new Ext[] {at0, at2, at3};
  }

  @Override
  public Ext[] roundOfThreeBase(ExtVector w, int[] f, int[] g, int half, int from, int to) {
    ExtVector ofF = ExtVector.ofBase(f, f.length);
    return roundOfThree(w, ofF, ExtVector.ofBase(g, g.length), half, from, to);
  }

  @Override
  public Ext[] roundOfProductBase(
      int[][] tables, ExtVector eqHigh, ExtVector eqLow, int half, int from, int to) {
    ExtVector[] over = new ExtVector[tables.length];
    for (int j = 0; j < over.length; j++) {
      over[j] = ExtVector.ofBase(tables[j], tables[j].length);
    }
    return roundOfProduct(over, eqHigh, eqLow, half, from, to);
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
    Ext at0 = Ext.ZERO;
    Ext at2 = Ext.ZERO;
    int low = eqLow.length();
    for (int k = 0; k < half; k++) {
      Ext eq = eqHigh.get(k / low).mul(eqLow.get(k % low));
      at0 = at0.add(eq.mul(fraction(p0.get(k), q0.get(k), p1.get(k), q1.get(k))));
      Ext value =
          fraction(
              at2(p0.get(k), p0.get(half + k)),
              at2(q0.get(k), q0.get(half + k)),
              at2(p1.get(k), p1.get(half + k)),
              at2(q1.get(k), q1.get(half + k)));
      at2 = at2.add(eq.mul(value));
    }
    return new Ext[] {at0, at2};
  }

  private static Ext fraction(Ext p0, Ext q0, Ext p1, Ext q1) {
    return q1.mul(p0.add(q0)).add(p1.mul(q0));
  }

  @Override
  public Ext[] roundOfProduct(
      ExtVector[] tables, ExtVector eqHigh, ExtVector eqLow, int half, int from, int to) {
    Ext[] sums = new Ext[tables.length];
    for (int v = 0; v < sums.length; v++) {
      int t = v == 0 ? 0 : v + 1;
      sums[v] = Ext.ZERO;
      for (int k = from; k < to; k++) {
        Ext term = eqHigh.get(k / eqLow.length()).mul(eqLow.get(k % eqLow.length()));
        for (ExtVector f : tables) {
          term = term.mul(at(f, k).add(at(f, half + k).sub(at(f, k)).mulBase(t)));
        }
        sums[v] = sums[v].add(term);
      }
    }
    return sums;
  }

  @Override
  public void denominators(Ext constant, Ext[] betas, int[][] columns, int offset, ExtVector out) {
    for (int k = 0; k < out.length(); k++) {
      Ext d = constant;
      for (int j = 0; j < betas.length; j++) {
        d = d.sub(betas[j].mulBase(columns[j][offset + k]));
      }
      out.set(k, d);
    }
  }

  private static Ext at(ExtVector v, int k) {
    return k < v.length() ? v.get(k) : Ext.ZERO;
  }

  private static Ext line(Ext low, Ext high, Ext r) {
    return low.add(r.mul(high.sub(low)));
  }

  // The value at t = 2 of the line through (0, low) and (1, high).
  private static Ext at2(Ext low, Ext high) {
    return high.doubled().sub(low);
  }
}
