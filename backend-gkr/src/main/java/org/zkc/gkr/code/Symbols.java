package org.zkc.gkr.code;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The symbols of {@link CircleCode}'s codewords as linear functions of the message: the symbol at
 * position k is sum over j of G_k(j) m_j, and by the product structure of the basis
 *
 * <pre>
 * G_k(j) = product over i of t_i^(j_i),   t = (y, x, pi(x), pi(pi(x)), ...) at the point of position k,
 * </pre>
 *
 * j_i the bits of j. So the extension of G_k at a point is a product of one factor a variable.
 */
public final class Symbols {
  /** log2 of the parts into which the message is cut before the transposed layers begin. */
  private static final int LOG_PARTS = 3;

  private final int logDimension;
  private final int logLength;
  private final CirclePoint generator;

  private Symbols(int logDimension) {
    this.logDimension = logDimension;
    this.logLength = logDimension + ProtocolConstants.LOG_BLOW_UP;
    this.generator = CirclePoint.ofOrder(logLength + 1);
  }

  /** The symbols of the code of dimension k, a power of two that {@link CircleCode} has. */
  public static Symbols ofDimension(int k) {
    return new Symbols(Integer.numberOfTrailingZeros(k));
  }

  /** t_i for every bit i of a coefficient's index. */
  private int[] factors(int position) {
    CirclePoint point = CircleDomain.point(logLength, generator, position);
    int[] out = new int[logDimension];
    int x = point.x();
    for (int i = 0; i < logDimension; i++) {
      out[i] = i == 0 ? point.y() : x;
      x = i == 0 ? x : M31.sub(M31.add(M31.mul(x, x), M31.mul(x, x)), 1);
    }
    return out;
  }

  /**
   * The extension of G_position at a point of as many coordinates as the dimension has bits, the
   * first for the highest bit.
   */
  public Ext at(int position, Ext[] point) {
    int[] t = factors(position);
    Ext product = Ext.ONE;
    for (int i = 0; i < logDimension; i++) {
      Ext r = point[logDimension - 1 - i];
      product = product.mul(Ext.ONE.add(r.mul(Ext.of(M31.sub(t[i], 1)))));
    }
    return product;
  }

  /**
   * sum over q of coefficients[q] G_positions[q], a vector of the dimension: the transposed
   * encoding. The lowest bits of an index are expanded for each position; for the highest {@link
   * #LOG_PARTS} of them, which positions share, the layers of the encoding run backwards.
   */
  public ExtVector transposed(int[] positions, ExtVector coefficients) {
    Kernels kernels = Kernels.best();
    CircleDomain domain = CircleDomain.of(logLength);
    int logPart = Math.max(0, logDimension - LOG_PARTS);
    int part = 1 << logPart;
    ExtVector sums = new ExtVector(domain.size());
    int[] zeros = new int[part];
    int[] low = new int[part];
    for (int q = 0; q < positions.length; q++) {
      low[0] = 1;
      for (int i = 0; i < logPart; i++) {
        // A set bit i of a position turns the sign of t_i.
        int twiddle = domain.layers()[i][positions[q] >> (i + 1)];
        int factor = (positions[q] >> i & 1) == 0 ? twiddle : M31.neg(twiddle);
        kernels.addMultipleBase(zeros, 0, factor, low, 0, low, 1 << i, 1 << i);
      }
      int block = positions[q] >> logPart;
      kernels.addScaledBase(sums.slice(block * part, part), coefficients.get(q), low, 0, part);
    }
    for (int i = logPart; i < logDimension; i++) {
      int half = 1 << i;
      int[] twiddles = domain.layers()[i];
      ExtVector difference = new ExtVector(half);
      for (int block = 0; block < domain.size() >> (i + 1); block++) {
        // Positions with bit i have -t_i: (a, b) becomes (a + b, t (a - b)).
        ExtVector a = sums.slice(2 * block * half, half);
        ExtVector b = sums.slice((2 * block + 1) * half, half);
        kernels.subtract(a, b, difference);
        kernels.add(a, b, a);
        kernels.scale(difference, Ext.of(twiddles[block]));
        b.copyFrom(difference);
      }
    }
    int dimension = 1 << logDimension;
    ExtVector out = sums.slice(0, dimension);
    for (int block = 1; block < ProtocolConstants.BLOW_UP; block++) {
      kernels.add(out, sums.slice(block * dimension, dimension), out);
    }
    return out.copy();
  }
}
