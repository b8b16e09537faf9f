package org.zkc.gkr.code;

import java.util.Arrays;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The circle code of rate 1/4 over F (Haboeck, Levit, Papini, "Circle STARKs", 2024): a message of
 * k = 2^m coefficients in the FFT basis
 *
 * <pre>
 * b_j(x, y) = y^(j_0) x^(j_1) pi(x)^(j_2) pi(pi(x))^(j_3) ..., pi(x) = 2 x^2 - 1, j_i the bits of j,
 * </pre>
 *
 * is encoded as its n = 4k evaluations on {@link CircleDomain}, in the domain's order.
 *
 * <p>The span of the basis is the FFT space of dimension k. It lies in the space of all bivariate
 * polynomials of total degree at most k/2 on the circle, which has dimension k + 1 (ibid., section
 * 4.3). Over an extension that contains i, the larger space is a generalised Reed-Solomon code by z
 * = x + iy. A nonzero member of that space has at most k zeros, so the distance is at least n - k;
 * decoding is unique up to floor((n - k - 1) / 2) errors. Encoding is F-linear: an E-valued message
 * is encoded limb by limb.
 */
public final class CircleCode {
  /**
   * The least number of symbols for each position at which leaving blocks out pays. At 114 a
   * coefficient takes 3.3 ns instead of 3.4 ns, at 28 it takes 5.0 ns instead of 3.0 ns.
   */
  private static final int LEAST_GAP = 112;

  /** About the dimension of codes for large models; what announcements count with. */
  private static final int USUAL_LOG_DIMENSION = 16;

  private final int logDimension;
  private final CircleDomain domain;
  private final Butterflies butterflies;

  private CircleCode(int logDimension, Butterflies butterflies) {
    this.logDimension = logDimension;
    this.domain = CircleDomain.of(logDimension + ProtocolConstants.LOG_BLOW_UP);
    this.butterflies = butterflies;
  }

  /** The code of dimension k, a power of two of at least 2 and at most 2^20. */
  public static CircleCode ofDimension(int k) {
    return ofDimension(k, Butterflies.best());
  }

  static CircleCode ofDimension(int k, Butterflies butterflies) {
    if (Integer.bitCount(k) != 1
        || k < 2
        || k > 1 << CircleDomain.MAX_LOG_SIZE - ProtocolConstants.LOG_BLOW_UP) {
      throw new IllegalArgumentException("circle code of dimension " + k);
    }
    return new CircleCode(Integer.numberOfTrailingZeros(k), butterflies);
  }

  public int dimension() {
    return 1 << logDimension;
  }

  /** n, the number of symbols of a codeword. */
  public int length() {
    return domain.size();
  }

  /** Announces that many elements will be encoded later, in codes of any dimension. */
  public static void announce(long elements) {
    Butterflies.best()
        .announce(
            (elements * ProtocolConstants.BLOW_UP) >> USUAL_LOG_DIMENSION, USUAL_LOG_DIMENSION);
  }

  /** Announces the number of codewords to come, before the first. */
  public void expect(int codewords) {
    butterflies.expect((long) codewords * ProtocolConstants.BLOW_UP, logDimension);
  }

  /**
   * Writes the codeword of message[from, from + length), a prefix of the k coefficients whose rest
   * is zero, to out[at, at + n).
   */
  public void encode(int[] message, int from, int length, int[] out, int at) {
    int k = dimension();
    if (length > k) {
      throw new IllegalArgumentException(length + " coefficients for dimension " + k);
    }
    System.arraycopy(message, from, out, at, length);
    Arrays.fill(out, at + length, at + k, 0);
    encodeInPlace(out, at);
  }

  /** Replaces the message at out[at, at + k) by its codeword at out[at, at + n). */
  public void encodeInPlace(int[] out, int at) {
    int k = dimension();
    copyMessage(out, at);
    for (int block = 0; block < ProtocolConstants.BLOW_UP; block++) {
      butterflies.transform(out, at + block * k, logDimension, domain.layers(), block);
    }
  }

  // The upper two layers see zero coefficients only: they copy.
  private void copyMessage(int[] out, int at) {
    int k = dimension();
    for (int block = 1; block < ProtocolConstants.BLOW_UP; block++) {
      System.arraycopy(out, at, out, at + block * k, k);
    }
  }

  /**
   * Computes the symbols of {@link #encodeInPlace} at some positions; the others are undefined.
   * Layers work on blocks, each half as long as those of the layer before, and a block without a
   * position is left out. With 16,384 coefficients and 144 positions, a coefficient takes 2.2 ns
   * instead of 3.8 ns. Short codewords, where nearly every block has a position, are computed
   * whole.
   *
   * @param positions ascending
   */
  public void encodeInPlaceAt(int[] positions, int[] out, int at) {
    if (positions.length > length() / LEAST_GAP) {
      encodeInPlace(out, at);
      return;
    }
    copyMessage(out, at);
    int k = dimension();
    int from = 0;
    for (int block = 0; block < ProtocolConstants.BLOW_UP; block++) {
      int to = end(positions, from, (block + 1) * k);
      transformAt(positions, from, to, out, at, logDimension, block);
      from = to;
    }
  }

  /** The layers of block {@code block} of 2^log values, where positions [from, to) lie. */
  private void transformAt(
      int[] positions, int from, int to, int[] out, int at, int log, int block) {
    if (from == to) {
      return;
    }
    int base = at + (block << log);
    if (log < Butterflies.LEAST_QUARTERED) {
      butterflies.transform(out, base, log, domain.layers(), block);
      return;
    }
    butterflies.quarter(out, base, log, domain.layers(), block);
    int first = from;
    for (int quarter = 4 * block; quarter < 4 * block + 4; quarter++) {
      int last = end(positions, first, quarter + 1 << log - 2);
      transformAt(positions, first, last, out, at, log - 2, quarter);
      first = last;
    }
  }

  /** The first index from {@code from} on of a position that is not below {@code limit}. */
  private static int end(int[] positions, int from, int limit) {
    int at = from;
    while (at < positions.length && positions[at] < limit) {
      at++;
    }
    return at;
  }

  /** The codeword of an E-valued message of at most k coefficients, the rest being zero. */
  public ExtVector encode(ExtVector message) {
    ExtVector out = new ExtVector(length());
    for (int limb = 0; limb < 4; limb++) {
      encode(message.limb(limb), message.offset(), message.length(), out.limb(limb), 0);
    }
    return out;
  }

  /**
   * Symbols {@code indices} of the codeword of an E-valued message. One symbol costs about k
   * products of E by the product structure of the basis, a full encoding 4 n/2 log k products of F
   * and all of its additions: past a few symbols the full encoding is faster, and this method uses
   * it.
   */
  public ExtVector codewordAt(ExtVector message, int[] indices) {
    ExtVector out = new ExtVector(indices.length);
    ExtVector codeword = encode(message);
    for (int q = 0; q < indices.length; q++) {
      out.set(q, codeword.get(indices[q]));
    }
    return out;
  }
}
