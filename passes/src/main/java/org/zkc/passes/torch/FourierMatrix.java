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

  private final int n;
  private final double scale;

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
    return scale * StrictMath.cos(angle(row, column));
  }

  double sine(int row, int column) {
    return scale * StrictMath.sin(angle(row, column));
  }

  /**
   * The multiplicity of element k of half a spectrum in the whole one: 1 where it is its own mirror
   * image, else 2.
   */
  int share(int k) {
    return k == 0 || 2 * k == n ? 1 : 2;
  }

  private double angle(int row, int column) {
    return 2 * Math.PI * ((long) row * column % n) / n;
  }
}
