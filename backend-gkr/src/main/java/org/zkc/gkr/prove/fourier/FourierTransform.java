package org.zkc.gkr.prove.fourier;

import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/**
 * The discrete Fourier transform of rows x columns points over F[i] = F_(p^2), both powers of two:
 *
 * <pre>
 * X(f, g) = sum over t, u of x(t, u) omega_rows^(f t) omega_columns^(g u)
 * </pre>
 *
 * omega_N the element of order N on the unit circle of F[i] that {@link
 * org.zkc.gkr.code.CirclePoint#ofOrder} names; the circle has order p + 1 = 2^31. One row makes it
 * a transform of one axis.
 *
 * <p>Points lie row-major in two arrays, real and imaginary parts, canonical residues each. Indices
 * of points are in natural order; frequencies come in bit-reversed order on each axis, which suits
 * products and saves the permutation: X(f, g) lies at bitrev(f) * columns + bitrev(g).
 *
 * <p>Sequences over F are transformed two at a time by taking one as the real and one as the
 * imaginary part, as long as nothing but sequences over F multiplies them before the way back: the
 * transform is linear over F[i].
 *
 * <p>Immutable; safe to use from several threads on different arrays.
 */
public final class FourierTransform {
  public static final int MAX_LOG_POINTS = 24;

  /** Points of a block whose two arrays stay in the first-level cache: 32 kB. */
  private static final int LOG_BLOCK = 12;

  private final FourierLoops loops;
  private final int logRows;
  private final int logColumns;
  private final Roots roots;

  private FourierTransform(int rows, int columns, FourierLoops loops) {
    if (Integer.bitCount(rows) != 1
        || Integer.bitCount(columns) != 1
        || (long) rows * columns > 1 << MAX_LOG_POINTS) {
      throw new IllegalArgumentException("a transform of " + rows + " x " + columns + " points");
    }
    this.loops = loops;
    logRows = Integer.numberOfTrailingZeros(rows);
    logColumns = Integer.numberOfTrailingZeros(columns);
    roots = Roots.of(Math.max(1, Math.max(rows, columns) / 2));
  }

  /**
   * The transform of rows x columns points.
   *
   * @throws IllegalArgumentException when they are not powers of two, or more than 2^{@link
   *     #MAX_LOG_POINTS} points
   */
  public static FourierTransform of(int rows, int columns) {
    return new FourierTransform(rows, columns, FourierLoops.best());
  }

  static FourierTransform of(int rows, int columns, FourierLoops loops) {
    return new FourierTransform(rows, columns, loops);
  }

  /** rows * columns. */
  public int points() {
    return 1 << logRows + logColumns;
  }

  /** Transforms the points at [at, at + points()), in place. */
  public void forward(int[] re, int[] im, int at) {
    forward(re, im, at, logRows, logColumns, 0, 1);
    int rows = 1 << rowsTogether();
    for (int row = 0; row < 1 << logRows; row += rows) {
      forward(re, im, at + (row << logColumns), logColumns, 0, 0, rows);
    }
  }

  /** Undoes {@link #forward}, the factor 1 / points() included. */
  public void inverse(int[] re, int[] im, int at) {
    int rows = 1 << rowsTogether();
    for (int row = 0; row < 1 << logRows; row += rows) {
      inverse(re, im, at + (row << logColumns), logColumns, 0, 0, rows);
    }
    inverse(re, im, at, logRows, logColumns, 0, 1);
    halve(re, at);
    halve(im, at);
  }

  /** {@link #forward} of a vector over E = F[i][v]: the two parts over F[i] one after the other. */
  public void forward(ExtVector v) {
    forward(v.limb(0), v.limb(1), v.offset());
    forward(v.limb(2), v.limb(3), v.offset());
  }

  /** Undoes {@link #forward(ExtVector)}. */
  public void inverse(ExtVector v) {
    inverse(v.limb(0), v.limb(1), v.offset());
    inverse(v.limb(2), v.limb(3), v.offset());
  }

  /** out = a b over F[i], {@code points()} elements from each offset on; out may be a or b. */
  public void multiply(
      int[] aRe,
      int[] aIm,
      int aAt,
      int[] bRe,
      int[] bIm,
      int bAt,
      int[] outRe,
      int[] outIm,
      int outAt) {
    loops.multiply(aRe, aIm, aAt, bRe, bIm, bAt, outRe, outIm, outAt, points(), false);
  }

  /** out = out + a b, as {@link #multiply}. */
  public void multiplyAdd(
      int[] aRe,
      int[] aIm,
      int aAt,
      int[] bRe,
      int[] bIm,
      int bAt,
      int[] outRe,
      int[] outIm,
      int outAt) {
    loops.multiply(aRe, aIm, aAt, bRe, bIm, bAt, outRe, outIm, outAt, points(), true);
  }

  /** log2 of the rows that are transformed together: those of a block. */
  private int rowsTogether() {
    return Math.max(0, Math.min(logRows, LOG_BLOCK - logColumns));
  }

  /**
   * The layers of 2^bits elements of 2^inner points each, block {@code block} of a longer
   * transform, {@code runs} times side by side. Long ones, alone, depth first, so that short ones
   * stay in the cache.
   */
  private void forward(int[] re, int[] im, int at, int bits, int inner, int block, int runs) {
    if (bits > 0 && bits + inner > LOG_BLOCK) {
      int half = 1 << bits - 1 + inner;
      loops.forward(re, im, at, half, 1, 1, roots, block);
      forward(re, im, at, bits - 1, inner, 2 * block, 1);
      forward(re, im, at + half, bits - 1, inner, 2 * block + 1, 1);
      return;
    }
    for (int bit = bits - 1; bit >= 0; bit--) {
      int groups = 1 << bits - 1 - bit;
      loops.forward(re, im, at, 1 << bit + inner, groups, runs, roots, block * groups);
    }
  }

  private void inverse(int[] re, int[] im, int at, int bits, int inner, int block, int runs) {
    if (bits > 0 && bits + inner > LOG_BLOCK) {
      int half = 1 << bits - 1 + inner;
      inverse(re, im, at, bits - 1, inner, 2 * block, 1);
      inverse(re, im, at + half, bits - 1, inner, 2 * block + 1, 1);
      loops.inverse(re, im, at, half, 1, 1, roots, block);
      return;
    }
    for (int bit = 0; bit < bits; bit++) {
      int groups = 1 << bits - 1 - bit;
      loops.inverse(re, im, at, 1 << bit + inner, groups, runs, roots, block * groups);
    }
  }

  /** Divides by the number of points: 1 / 2^n = 2^(31 - n) turns the 31 bits of a residue. */
  private void halve(int[] values, int at) {
    int n = logRows + logColumns;
    for (int k = at; k < at + points(); k++) {
      values[k] = values[k] >>> n | values[k] << 31 - n & M31.P;
    }
  }
}
