package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

/**
 * The prover's inner loops over F and E. {@link #best()} chooses a provider once ({@link
 * Provider}); results never depend on the choice. No method starts threads; none keeps its
 * arguments.
 *
 * <p>Tables follow one convention. A table of {@code 2 * half} values has its highest variable t
 * split into halves: f(0, k) = f[k] and f(1, k) = f[half + k]. An array may hold only a real prefix
 * of the table: every value past its length is zero. {@code int[]} tables hold canonical residues
 * of F, with the range [offset, offset + length).
 *
 * <p>Methods with a range [from, to) do the part of k in it, and sums are those of that part: the
 * parts of {@link SplitKernels}. The ranges of one table may be worked on at once.
 */
public interface Kernels {
  /** The kernels of {@link Provider#chosen()}. */
  static Kernels best() {
    return TiledKernels.BEST;
  }

  /**
   * Announces how many elements will be processed. Where they are many, vector loops are compiled
   * meanwhile.
   */
  default void expect(long elements) {}

  /**
   * out[k] = f(r, k) = f[k] + r (f[half + k] - f[k]), in place; returns the view that holds the
   * bound table.
   */
  default ExtVector bind(ExtVector table, int half, Ext r) {
    int length = Math.min(table.length(), half);
    bind(table, half, r, 0, length);
    return table.slice(0, length);
  }

  /** The part of {@link #bind} of k in a range within min(table.length(), half). */
  void bind(ExtVector table, int half, Ext r, int from, int to);

  /** {@link #bind} of a table over F into a new vector of length min(length, half). */
  default ExtVector bindBase(int[] table, int offset, int length, int half, Ext r) {
    ExtVector out = new ExtVector(Math.min(length, half));
    bindBase(table, offset, length, half, r, out, 0, out.length());
    return out;
  }

  /** The part of {@link #bindBase} of k in a range within out.length(). */
  void bindBase(
      int[] table, int offset, int length, int half, Ext r, ExtVector out, int from, int to);

  /**
   * One doubling step of an eq table, in place, by a variable above the others: given e[0..half),
   * sets e[half + k] = r e[k] where the table is that long, and e[k] = e[k] - r e[k].
   */
  void expandEq(ExtVector table, int half, Ext r);

  /** out = a b, element by element; out may be either. */
  void multiply(ExtVector a, ExtVector b, ExtVector out);

  /** out = a a, element by element; out may be a. */
  void square(ExtVector a, ExtVector out);

  /** out = a + b, element by element; out may be either. */
  void add(ExtVector a, ExtVector b, ExtVector out);

  /** out = a - b, element by element; out may be either. */
  void subtract(ExtVector a, ExtVector b, ExtVector out);

  /** out[outAt + k] = a[aAt + k] b[bAt + k] over F; out may be either, at the same place. */
  void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count);

  /** out[outAt + k] = a[aAt + k] + c b[bAt + k] over F; out may be either, at the same place. */
  void addMultipleBase(int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count);

  /** sum over k of a[k] b[k] up to the shorter length. */
  Ext dot(ExtVector a, ExtVector b);

  /** sum over k of base[offset + k] b[k], k below min(length, b.length()). */
  Ext dotBase(int[] base, int offset, int length, ExtVector b);

  /** accumulator[k] += c base[offset + k] for k below length. */
  void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset, int length);

  /** accumulator[k] += c v[k] for k below v's length. */
  void addScaled(ExtVector accumulator, Ext c, ExtVector v);

  /** v[k] *= c. */
  void scale(ExtVector v, Ext c);

  /**
   * The weight fold: accumulator[c] += sum over rows of coefficients[row] * weight[row][c]. Reads
   * the matrix once.
   *
   * @param weights signed little-endian integers, {@code width} bytes each; row r starts at element
   *     r * stride
   * @param width 1, 2 or 4
   * @param columns row length
   * @param stride at least {@code columns}
   * @param coefficients one per row
   * @param accumulator at least {@code columns} long
   */
  void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator);

  /** {@link #foldRows} of a matrix without gaps between its rows. */
  default void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      ExtVector coefficients,
      ExtVector accumulator) {
    foldRows(weights, width, columns, columns, coefficients, accumulator);
  }

  /** The values at t = 0 and t = 2 of sum over k of f(t, k) g(t, k). */
  default Ext[] roundOfTwo(ExtVector f, ExtVector g, int half) {
    return roundOfTwo(f, g, half, 0, half);
  }

  /** The part of {@link #roundOfTwo} of k in a range. */
  Ext[] roundOfTwo(ExtVector f, ExtVector g, int half, int from, int to);

  /** {@link #roundOfTwo} with f over F. */
  default Ext[] roundOfTwoBase(int[] f, int offset, int length, ExtVector g, int half) {
    return roundOfTwoBase(f, offset, length, g, half, 0, half);
  }

  /** The part of {@link #roundOfTwoBase} of k in a range. */
  Ext[] roundOfTwoBase(int[] f, int offset, int length, ExtVector g, int half, int from, int to);

  /**
   * Binds two tables of one length as {@link #bind} does, half > 1, and returns {@link #roundOfTwo}
   * of the bound ones: one visit to the memory of both where two calls make two.
   */
  default Ext[] bindTwo(ExtVector f, ExtVector g, int half, Ext r) {
    return bindTwo(f, g, half, r, 0, half / 2);
  }

  /** The part of {@link #bindTwo} of k in a range within half / 2: it binds k and half / 2 + k. */
  Ext[] bindTwo(ExtVector f, ExtVector g, int half, Ext r, int from, int to);

  /**
   * {@link #bindTwo} with f over F, from {@code offset} on and as long as g; the bound one goes to
   * {@code bound}, of min(g.length(), half) elements.
   */
  default Ext[] bindTwoBase(int[] f, int offset, ExtVector bound, ExtVector g, int half, Ext r) {
    return bindTwoBase(f, offset, bound, g, half, r, 0, half / 2);
  }

  /** The part of {@link #bindTwoBase} of k in a range, as that of {@link #bindTwo}. */
  Ext[] bindTwoBase(
      int[] f, int offset, ExtVector bound, ExtVector g, int half, Ext r, int from, int to);

  /** The values at t = 0, 2 and 3 of sum over k of w(t, k) f(t, k) g(t, k). */
  default Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half) {
    return roundOfThree(w, f, g, half, 0, half);
  }

  /** The part of {@link #roundOfThree} of k in a range. */
  Ext[] roundOfThree(ExtVector w, ExtVector f, ExtVector g, int half, int from, int to);

  /** {@link #roundOfThree} with f and g over F, all three of one length. */
  default Ext[] roundOfThreeBase(ExtVector w, int[] f, int[] g, int half) {
    return roundOfThreeBase(w, f, g, half, 0, half);
  }

  /** The part of {@link #roundOfThreeBase} of k in a range. */
  Ext[] roundOfThreeBase(ExtVector w, int[] f, int[] g, int half, int from, int to);

  /**
   * The round of a logup layer, with eq split off (Gruen 2024; Dao and Thaler 2024): the values at
   * t = 0 and t = 2 of
   *
   * <pre>h(t) = sum over k of eq(k) [ q1(t, k) (p0(t, k) + q0(t, k)) + p1(t, k) q0(t, k) ]</pre>
   *
   * where p0 and p1 hold lambda times the numerators (scale them once per layer) and eq(k) =
   * eqHigh[k / L] eqLow[k mod L], L = eqLow.length(), eqHigh.length() * L = half. The four tables
   * have all 2 * half values.
   */
  Ext[] roundOfFractions(
      ExtVector p0,
      ExtVector q0,
      ExtVector p1,
      ExtVector q1,
      ExtVector eqHigh,
      ExtVector eqLow,
      int half);

  /**
   * The round of a product of d tables, with eq split off as in {@link #roundOfFractions}: the
   * values at t = 0 and at t = 2 .. d of
   *
   * <pre>h(t) = sum over k of eq(k) f_1(t, k) ... f_d(t, k)</pre>
   *
   * The tables have one length, a real prefix of 2 * half values.
   */
  default Ext[] roundOfProduct(ExtVector[] tables, ExtVector eqHigh, ExtVector eqLow, int half) {
    return roundOfProduct(tables, eqHigh, eqLow, half, 0, half);
  }

  /**
   * The part of {@link #roundOfProduct} of k in a range that begins at a multiple of
   * eqLow.length().
   */
  Ext[] roundOfProduct(
      ExtVector[] tables, ExtVector eqHigh, ExtVector eqLow, int half, int from, int to);

  /** {@link #roundOfProduct} of tables over F. */
  default Ext[] roundOfProductBase(int[][] tables, ExtVector eqHigh, ExtVector eqLow, int half) {
    return roundOfProductBase(tables, eqHigh, eqLow, half, 0, half);
  }

  /** The part of {@link #roundOfProductBase} of k in a range as for {@link #roundOfProduct}. */
  Ext[] roundOfProductBase(
      int[][] tables, ExtVector eqHigh, ExtVector eqLow, int half, int from, int to);

  /**
   * Denominators of lookups of tuples over F: out[k] = constant - sum over j of betas[j]
   * columns[j][offset + k] for k below out.length().
   */
  void denominators(Ext constant, Ext[] betas, int[][] columns, int offset, ExtVector out);
}
