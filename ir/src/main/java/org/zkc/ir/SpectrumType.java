package org.zkc.ir;

import java.util.List;
import java.util.Objects;

/**
 * A circuit-level value in the frequency domain: {@code spectrum<virtual 1x6x32x32 [-128, 127]>}.
 * It holds the discrete Fourier transforms of a batch of planes; the shape is [batch..., N_y, N_x],
 * and every element is a pair of field elements: a number of F[i] = F[X] / (X^2 + 1), F the
 * integers modulo 2^31 - 1, whose unit circle has a root of unity of every order 2^k up to 2^31.
 * The transformed elements are integers in [low, high] inside (-2^30, 2^30), so a transform loses
 * nothing.
 *
 * @param kind MODEL where the planes are the model's alone, known when it is compiled; else VIRTUAL
 */
public record SpectrumType(ColumnType.Kind kind, Shape shape, long low, long high) implements Type {
  public SpectrumType {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(shape);
    if (kind != ColumnType.Kind.MODEL && kind != ColumnType.Kind.VIRTUAL) {
      throw new IllegalArgumentException("a spectrum is model or virtual, never committed itself");
    }
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "the last two axes of a spectrum are its points, its shape is " + shape);
    }
    if (low > high) {
      throw new IllegalArgumentException("empty interval [" + low + ", " + high + "]");
    }
  }

  /** The points of one transform, (rows, columns). */
  public List<Integer> sizes() {
    return shape.extents().subList(shape.rank() - 2, shape.rank());
  }

  /** The number of transforms that the spectrum holds. */
  public long transforms() {
    long count = 1;
    for (int axis = 0; axis < shape.rank() - 2; axis++) {
      count = Math.multiplyExact(count, (long) shape.extent(axis));
    }
    return count;
  }
}
