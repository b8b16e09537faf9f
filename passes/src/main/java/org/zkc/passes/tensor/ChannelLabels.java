package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.zkc.ir.Shape;

/**
 * A number for each element of a value, stored once for all indices on axes on which it is the
 * same: there {@code shape} has extent 1, elsewhere the value's extent.
 */
record ChannelLabels(Shape shape, int[] numbers) {
  /** The same number everywhere. */
  static ChannelLabels uniform(int rank, int number) {
    int[] ones = new int[rank];
    Arrays.fill(ones, 1);
    return new ChannelLabels(Shape.of(ones), new int[] {number});
  }

  boolean isUniform(int axis) {
    return shape.extent(axis) == 1;
  }

  /** Steps from index to index on each axis, 0 where the number is the same. */
  long[] steps() {
    long[] steps = shape.strides();
    for (int k = 0; k < steps.length; k++) {
      steps[k] = shape.extent(k) == 1 ? 0 : steps[k];
    }
    return steps;
  }

  /** The numbers of elements in row-major order of a shape with the given extents. */
  private int[] read(int[] extents, long offset, long[] steps) {
    int size = 1;
    for (int extent : extents) {
      size *= extent;
    }
    int[] out = new int[size];
    int[] index = new int[extents.length];
    long at = offset;
    for (int i = 0; i < size; i++) {
      out[i] = numbers[(int) at];
      for (int k = extents.length - 1; k >= 0; k--) {
        at += steps[k];
        if (++index[k] < extents[k]) {
          break;
        }
        at -= steps[k] * extents[k];
        index[k] = 0;
      }
    }
    return out;
  }

  /** The same numbers, spelt out on the axes on which {@code whole} has them spelt out. */
  private ChannelLabels spread(int[] extents) {
    return Arrays.equals(extents, shape.toArray())
        ? this
        : new ChannelLabels(Shape.of(extents), read(extents, 0, steps()));
  }

  ChannelLabels transpose(List<Integer> permutation) {
    int[] extents = new int[permutation.size()];
    long[] steps = new long[extents.length];
    long[] own = steps();
    for (int k = 0; k < extents.length; k++) {
      extents[k] = shape.extent(permutation.get(k));
      steps[k] = own[permutation.get(k)];
    }
    return new ChannelLabels(Shape.of(extents), read(extents, 0, steps));
  }

  ChannelLabels slice(List<Integer> starts, List<Integer> strides, Shape result) {
    int[] extents = new int[result.rank()];
    long[] steps = steps();
    long offset = 0;
    for (int k = 0; k < extents.length; k++) {
      extents[k] = isUniform(k) ? 1 : result.extent(k);
      offset += starts.get(k) * steps[k];
      steps[k] *= strides.get(k);
    }
    return new ChannelLabels(Shape.of(extents), read(extents, offset, steps));
  }

  ChannelLabels broadcast(int rank) {
    List<Integer> extents = new ArrayList<>();
    for (int k = shape.rank(); k < rank; k++) {
      extents.add(1);
    }
    extents.addAll(shape.extents());
    return new ChannelLabels(new Shape(extents), numbers);
  }

  /**
   * Axes whose extents have the same product stay together: numbers that are the same on all of
   * them are so on all of the axes that they become.
   */
  ChannelLabels reshape(Shape from, Shape to) {
    int[] spread = shape.toArray();
    int[] result = new int[to.rank()];
    int a = 0;
    int b = 0;
    while (a < from.rank() || b < to.rank()) {
      int firstA = a;
      int firstB = b;
      long left = a < from.rank() ? from.extent(a++) : 1;
      long right = b < to.rank() ? to.extent(b++) : 1;
      while (left != right) {
        if (left < right) {
          left *= from.extent(a++);
        } else {
          right *= to.extent(b++);
        }
      }
      boolean uniform = true;
      for (int k = firstA; k < a; k++) {
        uniform &= isUniform(k);
      }
      for (int k = firstA; k < a && !uniform; k++) {
        spread[k] = from.extent(k);
      }
      for (int k = firstB; k < b; k++) {
        result[k] = uniform ? 1 : to.extent(k);
      }
    }
    return new ChannelLabels(Shape.of(result), spread(spread).numbers);
  }

  /**
   * @param shapes of the values that are joined
   */
  static ChannelLabels concatenate(List<ChannelLabels> parts, List<Shape> shapes, int axis) {
    int rank = shapes.getFirst().rank();
    int[] extents = new int[rank];
    Arrays.fill(extents, 1);
    for (ChannelLabels part : parts) {
      for (int k = 0; k < rank; k++) {
        extents[k] = Math.max(extents[k], part.shape.extent(k));
      }
    }
    int inner = 1;
    int outer = 1;
    for (int k = 0; k < rank; k++) {
      outer *= k < axis ? extents[k] : 1;
      inner *= k > axis ? extents[k] : 1;
    }
    int total = shapes.stream().mapToInt(s -> s.extent(axis)).sum();
    int[] out = new int[outer * total * inner];
    int at = 0;
    for (int p = 0; p < parts.size(); p++) {
      int extent = shapes.get(p).extent(axis);
      int[] own = extents.clone();
      own[axis] = extent;
      int[] numbers = parts.get(p).spread(own).numbers;
      for (int o = 0; o < outer; o++) {
        System.arraycopy(
            numbers, o * extent * inner, out, (o * total + at) * inner, extent * inner);
      }
      at += extent;
    }
    extents[axis] = total;
    return new ChannelLabels(Shape.of(extents), out);
  }

  /** Number by number of two values of one shape. */
  static ChannelLabels combine(ChannelLabels a, ChannelLabels b, IntBinaryOperator operator) {
    int[] extents = new int[a.shape.rank()];
    for (int k = 0; k < extents.length; k++) {
      extents[k] = Math.max(a.shape.extent(k), b.shape.extent(k));
    }
    int[] left = a.spread(extents).numbers;
    int[] right = b.spread(extents).numbers;
    int[] out = new int[left.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = operator.applyAsInt(left[i], right[i]);
    }
    return new ChannelLabels(Shape.of(extents), out);
  }

  /** The numbers along one axis where the others have none of their own. */
  int[] along(int axis, int extent) {
    int[] extents = new int[shape.rank()];
    Arrays.fill(extents, 1);
    extents[axis] = extent;
    return spread(extents).numbers;
  }

  /** Calls for each element of a value of this shape, in row-major order. */
  void forEach(Shape value, ElementConsumer consumer) {
    int[] extents = value.toArray();
    long[] steps = steps();
    int[] index = new int[extents.length];
    long at = 0;
    long size = value.elementCount();
    for (int i = 0; i < size; i++) {
      consumer.accept(i, numbers[(int) at]);
      for (int k = extents.length - 1; k >= 0; k--) {
        at += steps[k];
        if (++index[k] < extents[k]) {
          break;
        }
        at -= steps[k] * extents[k];
        index[k] = 0;
      }
    }
  }

  /** Takes an element's place and number. */
  @FunctionalInterface
  interface ElementConsumer {
    void accept(int element, int number);
  }
}
