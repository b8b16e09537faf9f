package org.zkc.passes.torch;

import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Matrices of discrete Fourier transforms of n elements: rows are results, columns are elements of
 * what is transformed. Angles are reduced as integers before a cosine is taken, and cosines are
 * those of {@link StrictMath}, so that every machine has the same weights.
 */
final class FourierMatrix {
  /** Elements of a matrix; a transform of 4,096 elements has as many. */
  private static final long MOST_ELEMENTS = 1L << 24;

  /** Angles whose cosines and sines are kept, as a matrix has each many times. */
  private static final int MOST_ANGLES = 1 << 16;

  private final int n;
  private final double scale;

  /** Cosines and sines of all angles, in this order; empty where a matrix has fewer elements. */
  private final double[] circle;

  /**
   * @param n length of the transform
   * @param scale factor of all elements
   */
  FourierMatrix(OperatorCall call, int n, int rows, int columns, double scale) {
    if (n < 1 || rows < 1 || columns < 1 || (long) rows * columns > MOST_ELEMENTS) {
      throw call.refuse(
          "a Fourier transform of %d elements to %d; up to 4,096 are supported"
              .formatted(columns, rows));
    }
    this.n = n;
    this.scale = scale;
    this.circle = n <= Math.min(MOST_ANGLES, (long) rows * columns) ? circle(n) : new double[0];
  }

  private static double[] circle(int n) {
    double[] out = new double[2 * n];
    for (int k = 0; k < n; k++) {
      out[2 * k] = StrictMath.cos(angle(k, n));
      out[2 * k + 1] = StrictMath.sin(angle(k, n));
    }
    return out;
  }

  /** An element of a matrix. */
  interface Entry {
    double at(int row, int column);
  }

  static TensorData of(int rows, int columns, Entry entry) {
    float[] out = new float[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) entry.at(i / columns, i % columns);
    }
    return TensorData.ofFloats(Shape.of(rows, columns), out);
  }

  double cosine(int row, int column) {
    int k = step(row, column);
    return scale * (circle.length > 0 ? circle[2 * k] : StrictMath.cos(angle(k, n)));
  }

  double sine(int row, int column) {
    int k = step(row, column);
    return scale * (circle.length > 0 ? circle[2 * k + 1] : StrictMath.sin(angle(k, n)));
  }

  /**
   * The multiplicity of element k of half a spectrum in the whole one: 1 where it is its own mirror
   * image, else 2.
   */
  int share(int k) {
    return k == 0 || 2 * k == n ? 1 : 2;
  }

  private int step(int row, int column) {
    return (int) ((long) row * column % n);
  }

  private static double angle(int step, int n) {
    return 2 * Math.PI * step / n;
  }
}
