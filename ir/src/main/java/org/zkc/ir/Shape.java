package org.zkc.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Static extents of a tensor, outermost axis first; a scalar has no axes. Extents are at least 0.
 */
public record Shape(List<Integer> extents) {

  public Shape {
    extents = List.copyOf(extents);
    long count = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in shape " + extents);
      }
      count = Math.multiplyExact(count, (long) extent);
    }
  }

  public static Shape of(int... extents) {
    return new Shape(Arrays.stream(extents).boxed().toList());
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException when the text is no shape or an extent is no int
   * @throws ArithmeticException when the shape has more elements than a long can count
   */
  public static Shape parse(String text) {
    if (text.equals("scalar")) {
      return of();
    }
    List<Integer> extents = new ArrayList<>();
    for (String extent : text.split("x", -1)) {
      if (extent.isEmpty() || !extent.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new IllegalArgumentException(text + " is no shape");
      }
      extents.add(Integer.parseInt(extent));
    }
    return new Shape(extents);
  }

  public int rank() {
    return extents.size();
  }

  public int extent(int axis) {
    return extents.get(axis);
  }

  /** Number of elements; 1 for a scalar. */
  public long elementCount() {
    long count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    return count;
  }

  public int[] toArray() {
    return extents.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Row-major strides, in elements. */
  public long[] strides() {
    long[] strides = new long[rank()];
    long stride = 1;
    for (int axis = rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= extent(axis);
    }
    return strides;
  }

  /** This shape with {@code axis} replaced by {@code extent}. */
  public Shape with(int axis, int extent) {
    return new Shape(
        IntStream.range(0, rank()).mapToObj(a -> a == axis ? extent : extent(a)).toList());
  }

  /** {@code 1x3x32x32}; {@code scalar} for rank 0. */
  @Override
  public String toString() {
    return extents.isEmpty()
        ? "scalar"
        : extents.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
