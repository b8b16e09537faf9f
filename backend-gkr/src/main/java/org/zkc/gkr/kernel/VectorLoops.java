package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * {@link VectorExt}, {@link VectorBase}, {@link VectorAffine}, {@link VectorSums} and {@link
 * VectorFold}, with the ends of ranges by plain loops.
 */
final class VectorLoops implements Loops {
  private final PlainLoops plain = new PlainLoops();

  private static ExtVector tail(ExtVector v, int from) {
    return from == 0 ? v : v.slice(from, v.length() - from);
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    int done = VectorExt.multiply(a, b, out, out.length());
    if (done < out.length()) {
      plain.multiply(tail(a, done), tail(b, done), tail(out, done));
    }
  }

  @Override
  public void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out) {
    int done = VectorExt.multiplyAdd(a, b, c, d, out, out.length());
    if (done < out.length()) {
      plain.multiplyAdd(
          tail(a, done), tail(b, done), tail(c, done), tail(d, done), tail(out, done));
    }
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    int done = VectorResidues.square(a, out, out.length());
    if (done < out.length()) {
      plain.square(tail(a, done), tail(out, done));
    }
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    int done = VectorResidues.multiply(a, aAt, b, bAt, out, outAt, count);
    if (done < count) {
      plain.multiplyBase(a, aAt + done, b, bAt + done, out, outAt + done, count - done);
    }
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    int done = VectorResidues.addMultiple(a, aAt, c, b, bAt, out, outAt, count);
    if (done < count) {
      plain.addMultipleBase(a, aAt + done, c, b, bAt + done, out, outAt + done, count - done);
    }
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    Ext[] sum = {Ext.ZERO};
    int done = VectorExt.dot(a, b, a.length(), sum);
    return done == a.length() ? sum[0] : sum[0].add(plain.dot(tail(a, done), tail(b, done)));
  }

  @Override
  public void line(ExtVector low, ExtVector high, Ext c, ExtVector out) {
    int done = VectorExt.line(low, high, c, out, out.length());
    if (done < out.length()) {
      plain.line(tail(low, done), tail(high, done), c, tail(out, done));
    }
  }

  @Override
  public void scale(ExtVector v, Ext c, ExtVector out) {
    int done = VectorExt.scale(v, c, out, out.length());
    if (done < out.length()) {
      plain.scale(tail(v, done), c, tail(out, done));
    }
  }

  @Override
  public void addScaled(ExtVector v, Ext c, ExtVector out) {
    int done = VectorExt.addScaled(v, c, out, out.length());
    if (done < out.length()) {
      plain.addScaled(tail(v, done), c, tail(out, done));
    }
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    int done = VectorSums.add(a, b, out, out.length());
    if (done < out.length()) {
      plain.add(tail(a, done), tail(b, done), tail(out, done));
    }
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    int done = VectorSums.subtract(a, b, out, out.length());
    if (done < out.length()) {
      plain.subtract(tail(a, done), tail(b, done), tail(out, done));
    }
  }

  @Override
  public void atTwo(ExtVector low, ExtVector high, ExtVector out) {
    int done = VectorSums.atTwo(low, high, out, out.length());
    if (done < out.length()) {
      plain.atTwo(tail(low, done), tail(high, done), tail(out, done));
    }
  }

  @Override
  public void atTwoAndThree(ExtVector low, ExtVector high, ExtVector two, ExtVector three) {
    int done = VectorSums.atTwoAndThree(low, high, two, three, two.length());
    if (done < two.length()) {
      plain.atTwoAndThree(tail(low, done), tail(high, done), tail(two, done), tail(three, done));
    }
  }

  @Override
  public Ext dotBase(int[] base, int offset, ExtVector b) {
    Ext[] sum = {Ext.ZERO};
    int done = VectorBase.dot(base, offset, b, b.length(), sum);
    return done == b.length()
        ? sum[0]
        : sum[0].add(plain.dotBase(base, offset + done, tail(b, done)));
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset) {
    int done = VectorBase.addScaled(accumulator, c, base, offset, accumulator.length());
    if (done < accumulator.length()) {
      plain.addScaledBase(tail(accumulator, done), c, base, offset + done);
    }
  }

  @Override
  public void lineBase(int[] base, int low, int high, Ext c, ExtVector out) {
    int done = VectorBase.line(base, low, high, c, out, out.length());
    if (done < out.length()) {
      plain.lineBase(base, low + done, high + done, c, tail(out, done));
    }
  }

  @Override
  public void atTwoBase(int[] base, int low, int high, int[] out, int count) {
    VectorSums.atTwo(base, low, high, out, count);
  }

  @Override
  public void affine(Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out) {
    int done = VectorAffine.ofTwo(c, f, x, xAt, g, y, yAt, out, out.length());
    if (done < out.length()) {
      plain.affine(c, f, x, xAt + done, g, y, yAt + done, tail(out, done));
    }
  }

  @Override
  public void affine(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out) {
    int done = VectorAffine.ofFour(c, f, x, xAt, out, out.length());
    if (done < out.length()) {
      int[] rest = {xAt[0] + done, xAt[1] + done, xAt[2] + done, xAt[3] + done};
      plain.affine(c, f, x, rest, tail(out, done));
    }
  }

  @Override
  public Ext[] dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w) {
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    int done = VectorAffine.dotPair(a, aAt, b, bAt, w, w.length(), sums);
    if (done < w.length()) {
      Ext[] rest = plain.dotPair(a, aAt + done, b, bAt + done, tail(w, done));
      sums[0] = sums[0].add(rest[0]);
      sums[1] = sums[1].add(rest[1]);
    }
    return sums;
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    int done =
        width <= 2
            ? VectorFold.fold(weights, width, columns, stride, coefficients, accumulator)
            : 0;
    if (done < columns) {
      PlainLoops.foldColumns(weights, width, columns, stride, done, coefficients, accumulator);
    }
  }
}
