package org.zkc.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Result shapes of the ops that the tensor, integer and circuit levels have in common, from operand
 * shapes and attributes. The checker and the builders of ops use the same functions, so they cannot
 * disagree. Every method throws {@link IllegalArgumentException} with one sentence when operands
 * and attributes do not fit together.
 */
public final class Shapes {
  private Shapes() {}

  /**
   * Convolution over the last d = {@code strides.size()} axes: input [N, C, e_1..e_d], weight [O, C
   * / groups, k_1..k_d], bias [O]; result [N, O, ...] with extents (e + low + high - dilation (k -
   * 1) - 1) / stride + 1, rounded down.
   */
  public static Shape conv(
      Shape input,
      Shape weight,
      Optional<Shape> bias,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> paddingHigh,
      List<Integer> dilations,
      int groups) {
    int d = strides.size();
    require(d == 1 || d == 2, "a convolution has 1 or 2 spatial axes, strides name %d", d);
    require(
        input.rank() == d + 2,
        "convolution input must have rank %d ([N, C, ...]), its shape is %s",
        d + 2,
        input);
    require(
        weight.rank() == d + 2,
        "convolution weight must have rank %d ([O, C / groups, ...]), its shape is %s",
        d + 2,
        weight);
    int channels = input.extent(1);
    int outputs = weight.extent(0);
    require(groups >= 1, "groups must be at least 1, got %d", groups);
    require(
        channels % groups == 0 && outputs % groups == 0,
        "groups = %d must divide the %d input and %d output channels",
        groups,
        channels,
        outputs);
    require(
        weight.extent(1) == channels / groups,
        "weight %s takes %d channels per group, the input %s has %d",
        weight,
        weight.extent(1),
        input,
        channels / groups);
    bias.ifPresent(b ->
        require(
            b.equals(Shape.of(outputs)),
            "bias must have shape %d, one per output channel, got %s",
            outputs,
            b));
    List<Integer> kernel = weight.extents().subList(2, d + 2);
    List<Integer> out = new ArrayList<>(List.of(input.extent(0), outputs));
    out.addAll(windows(input, kernel, strides, paddingLow, paddingHigh, dilations));
    return new Shape(out);
  }

  /**
   * The least sizes, powers of two, of cyclic transforms that compute a convolution over two
   * spatial axes: with the source at points [0, e) of N, and a window from point -low to the last
   * that the result reads, no window may wrap around into the source again.
   */
  public static List<Integer> transformSizes(
      Shape input,
      Shape weight,
      Shape result,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> dilations) {
    List<Integer> sizes = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      long extent = input.extent(2 + k);
      long low = paddingLow.get(k);
      long reach = (weight.extent(2 + k) - 1L) * dilations.get(k) + 1;
      long end = (result.extent(2 + k) - 1L) * strides.get(k) - low + reach;
      long points = Math.max(Math.max(extent + low, end), Math.max(reach, 1));
      require(points <= FieldBounds.MAX_POINTS, "a transform of %d points is too large", points);
      sizes.add(points == 1 ? 1 : Integer.highestOneBit((int) points - 1) << 1);
    }
    return sizes;
  }

  /**
   * Pooling windows over the last {@code kernel.size()} axes. A window must meet the input (padding
   * below the window's reach), as PyTorch demands.
   */
  public static Shape pool(
      Shape input,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> paddingHigh,
      List<Integer> dilations) {
    int d = kernel.size();
    require(d >= 1 && d <= input.rank(), "a window of %d axes does not fit the shape %s", d, input);
    for (int k = 0; k < d; k++) {
      require(kernel.get(k) >= 1, "kernel extents must be at least 1, got %s", kernel);
    }
    List<Integer> positions = windows(input, kernel, strides, paddingLow, paddingHigh, dilations);
    List<Integer> out = new ArrayList<>(input.extents().subList(0, input.rank() - d));
    for (int k = 0; k < d; k++) {
      int extent = input.extent(input.rank() - d + k);
      windowsMeetAxis(
          extent,
          positions.get(k),
          kernel.get(k),
          strides.get(k),
          dilations.get(k),
          paddingLow.get(k));
    }
    out.addAll(positions);
    return new Shape(out);
  }

  private static List<Integer> windows(
      Shape input,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> paddingHigh,
      List<Integer> dilations) {
    int d = kernel.size();
    require(
        strides.size() == d
            && paddingLow.size() == d
            && paddingHigh.size() == d
            && dilations.size() == d,
        "strides, paddings and dilations must name %d axes each, they name %d, %d, %d and %d",
        d,
        strides.size(),
        paddingLow.size(),
        paddingHigh.size(),
        dilations.size());
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < d; k++) {
      require(kernel.get(k) >= 1, "kernel extents must be at least 1, got %s", kernel);
      require(strides.get(k) >= 1, "strides must be at least 1, got %s", strides);
      require(dilations.get(k) >= 1, "dilations must be at least 1, got %s", dilations);
      require(
          paddingLow.get(k) >= 0 && paddingHigh.get(k) >= 0,
          "padding must not be negative, got %s and %s",
          paddingLow,
          paddingHigh);
      int extent = input.extent(input.rank() - d + k);
      long reach = (long) dilations.get(k) * (kernel.get(k) - 1) + 1;
      long room = (long) extent + paddingLow.get(k) + paddingHigh.get(k) - reach;
      require(
          room >= 0,
          "a window that reaches over %d elements does not fit an axis of %d with padding %d and"
              + " %d",
          reach,
          extent,
          paddingLow.get(k),
          paddingHigh.get(k));
      out.add(Math.toIntExact(room / strides.get(k) + 1));
    }
    return out;
  }

  /**
   * Result of a window maximum along one axis with {@code positions} windows, each of which must
   * have an element inside the axis.
   */
  public static Shape windowMax(
      Shape input, int axis, int positions, int size, int stride, int dilation, int paddingLow) {
    checkAxis(axis, input.rank(), input);
    require(
        size >= 1 && stride >= 1 && dilation >= 1 && paddingLow >= 0 && positions >= 1,
        "window size, stride, dilation and positions must be positive and padding not negative, got"
            + " %d, %d, %d, %d, %d",
        size,
        stride,
        dilation,
        positions,
        paddingLow);
    windowsMeetAxis(input.extent(axis), positions, size, stride, dilation, paddingLow);
    return input.with(axis, positions);
  }

  private static void windowsMeetAxis(
      int extent, int positions, int size, int stride, int dilation, int paddingLow) {
    // The first windows may start in the low padding and the last end in the high one; windows in
    // between that step
    // over the whole axis (dilation larger than it) miss it too.
    for (int j = 0; j < positions; j++) {
      long start = (long) j * stride - paddingLow;
      long tap = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
      long index = start + tap * dilation;
      require(
          tap < size && index < extent,
          "window %d lies wholly in the padding of an axis of %d elements",
          j,
          extent);
      if (start >= 0 && start + (long) (positions - 1 - j) * stride < extent) {
        return; // every later window starts inside the axis
      }
    }
  }

  /** Linear map: input [..., I], weight [O, I], bias [O]; result [..., O]. */
  public static Shape linear(Shape input, Shape weight, Optional<Shape> bias) {
    require(input.rank() >= 1, "a linear map needs an input of rank at least 1, got a scalar");
    require(
        weight.rank() == 2,
        "the weight of a linear map has rank 2 ([O, I]), its shape is %s",
        weight);
    int last = input.extent(input.rank() - 1);
    require(
        weight.extent(1) == last,
        "weight %s takes %d inputs, the last axis of %s has %d",
        weight,
        weight.extent(1),
        input,
        last);
    bias.ifPresent(b ->
        require(
            b.equals(Shape.of(weight.extent(0))),
            "bias must have shape %d, one per output, got %s",
            weight.extent(0),
            b));
    return input.with(input.rank() - 1, weight.extent(0));
  }

  /**
   * Matrix product: left [..., I] and right [O, I], or left [..., T, I] and right [..., O, I] with
   * the same leading axes; result left with O in place of I.
   */
  public static Shape matMul(Shape left, Shape right) {
    int rank = left.rank();
    require(
        rank >= 1 && right.rank() >= 2 && (right.rank() == 2 || right.rank() == rank),
        "factors of shapes %s and %s are no batches of matrices: the right one has the axes of the"
            + " left, or two",
        left,
        right);
    int inner = right.extent(right.rank() - 1);
    require(
        left.extent(rank - 1) == inner,
        "the last axis of %s has %d elements, that of %s has %d",
        left,
        left.extent(rank - 1),
        right,
        inner);
    int batch = right.rank() - 2;
    require(
        right.extents().subList(0, batch).equals(left.extents().subList(0, batch)),
        "factors of shapes %s and %s have different leading axes",
        left,
        right);
    return left.with(rank - 1, right.extent(batch));
  }

  /** Inputs equal but for {@code axis}, whose extents add. */
  public static Shape concatenate(List<Shape> inputs, int axis) {
    require(!inputs.isEmpty(), "nothing to concatenate");
    Shape first = inputs.getFirst();
    checkAxis(axis, first.rank(), first);
    long extent = 0;
    for (Shape each : inputs) {
      require(
          each.rank() == first.rank() && each.with(axis, 0).equals(first.with(axis, 0)),
          "shapes %s and %s differ on more than axis %d",
          first,
          each,
          axis);
      extent += each.extent(axis);
    }
    return first.with(axis, Math.toIntExact(extent));
  }

  /** Result axis k is input axis permutation[k]. */
  public static Shape transpose(Shape input, List<Integer> permutation) {
    boolean[] seen = new boolean[input.rank()];
    boolean valid = permutation.size() == input.rank();
    for (int p : permutation) {
      valid = valid && p >= 0 && p < seen.length && !seen[p];
      if (valid) {
        seen[p] = true;
      }
    }
    require(
        valid, "%s is not a permutation of the %d axes of %s", permutation, input.rank(), input);
    return new Shape(permutation.stream().map(input::extent).toList());
  }

  /**
   * Elements starts + j strides below limits, per axis; 0 <= start <= limit <= extent, strides
   * positive.
   */
  public static Shape slice(
      Shape input, List<Integer> starts, List<Integer> limits, List<Integer> strides) {
    int rank = input.rank();
    require(
        starts.size() == rank && limits.size() == rank && strides.size() == rank,
        "starts, limits and strides must name the %d axes of %s, they name %d, %d and %d",
        rank,
        input,
        starts.size(),
        limits.size(),
        strides.size());
    List<Integer> out = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int start = starts.get(axis);
      int limit = limits.get(axis);
      int stride = strides.get(axis);
      require(
          0 <= start && start <= limit && limit <= input.extent(axis) && stride >= 1,
          "slice %d:%d:%d does not fit axis %d of %s",
          start,
          limit,
          stride,
          axis,
          input);
      out.add((int) (((long) limit - start + stride - 1) / stride));
    }
    return new Shape(out);
  }

  /** Extents grow by low + high per axis, neither negative. */
  public static Shape pad(Shape input, List<Integer> low, List<Integer> high) {
    int rank = input.rank();
    require(
        low.size() == rank && high.size() == rank,
        "padding must name the %d axes of %s, it names %d and %d",
        rank,
        input,
        low.size(),
        high.size());
    List<Integer> out = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      require(
          low.get(axis) >= 0 && high.get(axis) >= 0,
          "padding must not be negative, got %s and %s",
          low,
          high);
      out.add(Math.toIntExact((long) input.extent(axis) + low.get(axis) + high.get(axis)));
    }
    return new Shape(out);
  }

  /** NumPy broadcasting of two shapes: axes align at the right, extent 1 repeats. */
  public static Shape broadcast(Shape left, Shape right) {
    int rank = Math.max(left.rank(), right.rank());
    Integer[] out = new Integer[rank];
    for (int k = 1; k <= rank; k++) {
      int l = k <= left.rank() ? left.extent(left.rank() - k) : 1;
      int r = k <= right.rank() ? right.extent(right.rank() - k) : 1;
      require(
          l == r || l == 1 || r == 1, "shapes %s and %s do not broadcast together", left, right);
      out[rank - k] = l == 1 ? r : l;
    }
    return new Shape(List.of(out));
  }

  /** Checks that {@code input} broadcasts to {@code target}. */
  public static Shape broadcastTo(Shape input, Shape target) {
    require(
        input.rank() <= target.rank() && broadcast(input, target).equals(target),
        "shape %s does not broadcast to %s",
        input,
        target);
    return target;
  }

  /** Checks that {@code target} has as many elements as {@code input}. */
  public static Shape reshape(Shape input, Shape target) {
    require(
        input.elementCount() == target.elementCount(),
        "shape %s has %d elements, %s has %d",
        input,
        input.elementCount(),
        target,
        target.elementCount());
    return target;
  }

  /** Equal shapes of elementwise operands. */
  public static Shape elementwise(Shape left, Shape right) {
    require(left.equals(right), "elementwise operands have shapes %s and %s", left, right);
    return left;
  }

  /**
   * Sums or means over windows [starts[j], starts[j] + lengths[j]) of one axis, inside the axis;
   * {@code factors} has one number per window.
   */
  public static Shape windows(
      Shape input, int axis, List<Integer> starts, List<Integer> lengths, List<Integer> factors) {
    checkAxis(axis, input.rank(), input);
    require(
        starts.size() == lengths.size() && starts.size() == factors.size(),
        "starts, lengths and factors must be of one length, got %d, %d and %d",
        starts.size(),
        lengths.size(),
        factors.size());
    for (int j = 0; j < starts.size(); j++) {
      long start = starts.get(j);
      long length = lengths.get(j);
      require(
          start >= 0 && length >= 1 && start + length <= input.extent(axis),
          "window %d, [%d, %d), is not inside axis %d of %s",
          j,
          start,
          start + length,
          axis,
          input);
    }
    return input.with(axis, starts.size());
  }

  /** Axis of extent n becomes two, [positions, taps]. */
  public static Shape unfold(
      Shape input, int axis, int positions, int taps, int stride, int dilation, int paddingLow) {
    checkAxis(axis, input.rank(), input);
    require(
        positions >= 1 && taps >= 1 && stride >= 1 && dilation >= 1 && paddingLow >= 0,
        "positions, taps, stride and dilation must be positive and padding not negative, got %d,"
            + " %d, %d, %d, %d",
        positions,
        taps,
        stride,
        dilation,
        paddingLow);
    List<Integer> out = new ArrayList<>(input.extents());
    out.set(axis, positions);
    out.add(axis + 1, taps);
    return new Shape(out);
  }

  /** Checks 0 <= axis < rank. */
  public static void checkAxis(int axis, int rank, Shape shape) {
    require(axis >= 0 && axis < rank, "axis %d is not an axis of shape %s", axis, shape);
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
