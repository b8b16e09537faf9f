package org.zkc.gkr.code;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.zkc.gkr.field.M31;

/**
 * The standard position coset of size N = 2^m of the circle group: the odd multiples of a point Q
 * of order 2N (Haboeck, Levit, Papini 2024, section 3.2), in the order in which the FFT produces
 * evaluations, with the FFT's twiddles.
 *
 * <p>Position k holds the angle (multiple of Q)
 *
 * <pre>a(k) = (-1)^(k mod 2) (1 + 4 bitreverse(floor(k / 2))), bits reversed in m - 1 places</pre>
 *
 * so that bit 0 of a position is the sign of y, bit 1 the sign of x, and bit i the sign of the
 * (i-1)-fold image of x under x -> 2 x^2 - 1. The layer of bit i needs one twiddle for each value
 * of the bits above i: {@code layer(i)} holds these 2^(m - 1 - i), y-coordinates for bit 0 and
 * images of x for the others.
 */
public final class CircleDomain {
  /** log2 of the smallest and largest domains. */
  public static final int MIN_LOG_SIZE = 3;

  public static final int MAX_LOG_SIZE = 22;

  /** Unused entries at the end of every layer, so that a vector load near the end stays inside. */
  static final int PADDING = 16;

  private static final AtomicReferenceArray<CircleDomain> CACHE =
      new AtomicReferenceArray<>(MAX_LOG_SIZE + 1);

  private final int logSize;
  private final int[][] layers;

  private CircleDomain(int logSize) {
    this.logSize = logSize;
    int size = 1 << logSize;
    CirclePoint q = CirclePoint.ofOrder(logSize + 1);
    layers = new int[logSize][];
    // Angles 1 + 4 j of Q in bit-reversed places: the 0-th layer's y, and x for what follows.
    int half = size / 2;
    int[] x = new int[half];
    layers[0] = new int[half + PADDING];
    CirclePoint step = q.times(4);
    CirclePoint point = q;
    for (int j = 0; j < half; j++) {
      int at = Integer.reverse(j) >>> (32 - (logSize - 1));
      x[at] = point.x();
      layers[0][at] = point.y();
      point = point.add(step);
    }
    for (int i = 1; i < logSize; i++) {
      int count = size >> (i + 1);
      layers[i] = new int[count + PADDING];
      int[] doubled = new int[count];
      for (int k = 0; k < count; k++) {
        layers[i][k] = x[2 * k];
        doubled[k] = doubleX(x[2 * k]);
      }
      x = doubled;
    }
  }

  private static int doubleX(int x) {
    int square = M31.mul(x, x);
    return M31.sub(M31.add(square, square), 1);
  }

  /** The domain of 2^logSize points; twiddles are made once per size. */
  public static CircleDomain of(int logSize) {
    if (logSize < MIN_LOG_SIZE || logSize > MAX_LOG_SIZE) {
      throw new IllegalArgumentException("circle domain of 2^" + logSize + " points");
    }
    CircleDomain cached = CACHE.get(logSize);
    if (cached == null) {
      CACHE.compareAndSet(logSize, null, new CircleDomain(logSize));
      cached = CACHE.get(logSize);
    }
    return cached;
  }

  public int size() {
    return 1 << logSize;
  }

  /** The twiddles, indexed by the bit of their layer; shared. */
  int[][] layers() {
    return layers;
  }

  /** The point at {@code position}. */
  CirclePoint point(int position) {
    return point(logSize, CirclePoint.ofOrder(logSize + 1), position);
  }

  /**
   * The point at {@code position} of the domain of 2^logSize points, without its twiddles, given
   * the point of twice that order of which all are multiples.
   */
  static CirclePoint point(int logSize, CirclePoint generator, int position) {
    int reversed = Integer.reverse(position >>> 1) >>> (32 - (logSize - 1));
    long angle = 1 + 4L * reversed;
    long order = 2L << logSize;
    return generator.times((position & 1) == 0 ? angle : order - angle);
  }
}
