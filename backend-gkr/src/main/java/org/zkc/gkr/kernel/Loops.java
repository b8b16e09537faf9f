package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * The loops that {@link TiledKernels} is made of. Vectors of one call have one length unless a
 * comment says otherwise; {@code out} may be an argument.
 */
sealed interface Loops permits PlainLoops, VectorLoops, TrainedLoops {
  static Loops best() {
    return switch (Provider.chosen()) {
      case SCALAR -> new PlainLoops();
      case VECTOR -> new TrainedLoops();
    };
  }

  /** {@link Kernels#expect}. */
  default void expect(long elements) {}

  /** out = a b. */
  void multiply(ExtVector a, ExtVector b, ExtVector out);

  /** out = a b + c d. */
  void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out);

  /** out = a a. */
  void square(ExtVector a, ExtVector out);

  /** {@link Kernels#multiplyBase}. */
  void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count);

  /** {@link Kernels#addMultipleBase}. */
  void addMultipleBase(int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count);

  /** The sum of a[k] b[k]. */
  Ext dot(ExtVector a, ExtVector b);

  /** out = low + c (high - low). */
  void line(ExtVector low, ExtVector high, Ext c, ExtVector out);

  /** out = c v. */
  void scale(ExtVector v, Ext c, ExtVector out);

  /** out = out + c v. */
  void addScaled(ExtVector v, Ext c, ExtVector out);

  /** out = a + b. */
  void add(ExtVector a, ExtVector b, ExtVector out);

  /** out = a - b. */
  void subtract(ExtVector a, ExtVector b, ExtVector out);

  /** out = 2 high - low: the values at 2 of the lines through low at 0 and high at 1. */
  void atTwo(ExtVector low, ExtVector high, ExtVector out);

  /** {@link #atTwo}, and three = 3 high - 2 low. */
  void atTwoAndThree(ExtVector low, ExtVector high, ExtVector two, ExtVector three);

  /** The sum of base[offset + k] b[k]. */
  Ext dotBase(int[] base, int offset, ExtVector b);

  /** accumulator[k] += c base[offset + k]. */
  void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset);

  /** out[k] = base[low + k] + c (base[high + k] - base[low + k]). */
  void lineBase(int[] base, int low, int high, Ext c, ExtVector out);

  /** out[k] = 2 base[high + k] - base[low + k] for k below count. */
  void atTwoBase(int[] base, int low, int high, int[] out, int count);

  /** {@link FractionTile#affine(Ext, Ext, int[], int, Ext, int[], int, ExtVector)}. */
  void affine(Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out);

  /** {@link FractionTile#affine(Ext, Ext[], int[][], int[], ExtVector)}. */
  void affine(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out);

  /** {@link FractionTile#dotPair}. */
  Ext[] dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w);

  /** {@link Kernels#foldRows}. */
  void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator);
}
