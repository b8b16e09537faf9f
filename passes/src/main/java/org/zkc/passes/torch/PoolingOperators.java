package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Pooling over the last one to three axes: MaxPool, and WindowMean one axis after the other. */
final class PoolingOperators {
  static final List<TorchOperator> ALL =
      Stream.concat(
              IntStream.rangeClosed(1, 3).mapToObj(PoolingOperators::over).flatMap(List::stream),
              Stream.of(unpool(2), unpool(3)))
          .toList();

  /** The poolings over the last {@code axes} axes. */
  private static List<TorchOperator> over(int axes) {
    String end = "pool" + axes + "d";
    return List.of(
        new TorchOperator("aten.max_" + end, "max_pool", c -> c.result(maxPool(c, axes))),
        new TorchOperator(
            "aten.max_" + end + "_with_indices",
            "max_pool; top_indices, gather, add",
            c -> withIndices(c, axes, maxPool(c, axes), maxWindows(c, axes))),
        new TorchOperator("aten.avg_" + end, "window_mean", c -> averagePool(c, axes)),
        new TorchOperator("aten.adaptive_avg_" + end, "window_mean", c -> adaptiveAverage(c, axes)),
        new TorchOperator(
            "aten.adaptive_max_" + end,
            "max_pool, slice, concatenate; top_indices, gather, add",
            c -> withIndices(c, axes, adaptiveMax(c, axes), adaptiveWindows(c, axes))));
  }

  private static TorchOperator unpool(int axes) {
    return new TorchOperator(
        "aten.max_unpool" + axes + "d",
        "compare_zero, multiply; gather, matmul",
        c -> PoolIndices.unpool(c, axes));
  }

  private PoolingOperators() {}

  private static Value input(OperatorCall call, int axes) {
    Value input = call.value(0);
    int rank = input.shape().rank();
    if (rank != axes + 1 && rank != axes + 2) {
      throw call.refuse(
          "its input has shape %s; %d or %d axes are needed"
              .formatted(input.shape(), axes + 1, axes + 2));
    }
    return input;
  }

  /** Strides default to the kernel, given as an empty list. */
  private static List<Integer> strides(OperatorCall call, int axes, List<Integer> kernel) {
    return call.isNone(2) || call.integers(2).isEmpty() ? kernel : call.perAxis(2, axes);
  }

  /** (input, kernel_size, stride, padding, dilation, ceil_mode). */
  private static Value maxPool(OperatorCall call, int axes) {
    Value input = input(call, axes);
    List<Integer> kernel = call.perAxis(1, axes);
    List<Integer> strides = strides(call, axes, kernel);
    List<Integer> low = call.perAxis(3, axes);
    List<Integer> dilations = call.perAxis(4, axes);
    List<Integer> high = new ArrayList<>();
    List<Integer> taps = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      int extent = input.shape().extent(input.shape().rank() - axes + k);
      int dilation = dilations.get(k);
      int padded =
          paddingHigh(
              call, extent, kernel.get(k), strides.get(k), low.get(k), dilation, call.flag(5));
      // Of a window longer than the padded axis, which has one place, the rest is padding.
      int reached = (extent + 2 * low.get(k) - 1) / dilation + 1;
      taps.add(Math.min(kernel.get(k), reached));
      int rest = (kernel.get(k) - taps.get(k)) * dilation;
      high.add(Math.max(0, padded - rest));
    }
    return call.emit().maxPool(input, taps, strides, low, high, dilations);
  }

  private static int positions(
      OperatorCall call,
      int extent,
      int kernel,
      int stride,
      int padding,
      int dilation,
      boolean ceil) {
    if (kernel < 1 || stride < 1 || dilation < 1 || padding < 0 || padding > kernel / 2) {
      throw call.refuse(
          "kernel %d, stride %d, padding %d, dilation %d: padding must be at most half the kernel, all else positive"
              .formatted(kernel, stride, padding, dilation));
    }
    long room = extent + 2L * padding - (long) dilation * (kernel - 1) - 1;
    // With ceil_mode a window that the axis does not fill has a place where its stride is long.
    long positions = Math.floorDiv(room + (ceil ? stride - 1 : 0), stride) + 1L;
    if (positions < 1) {
      throw call.refuse(
          "a window of %d elements does not fit an axis of %d".formatted(kernel, extent));
    }
    if (ceil && (positions - 1) * stride >= extent + (long) padding) {
      positions--; // the last window must start inside the input or its low padding
    }
    return call.narrow(positions);
  }

  private static int paddingHigh(
      OperatorCall call,
      int extent,
      int kernel,
      int stride,
      int padding,
      int dilation,
      boolean ceil) {
    if (!ceil) {
      positions(call, extent, kernel, stride, padding, dilation, false);
      return padding;
    }
    int positions = positions(call, extent, kernel, stride, padding, dilation, true);
    return Math.max(0, (positions - 1) * stride + dilation * (kernel - 1) + 1 - extent - padding);
  }

  private static TorchValue withIndices(
      OperatorCall call, int axes, Value pooled, List<PoolIndices.Windows> windows) {
    return new Tuple(
        List.of(call.result(pooled), PoolIndices.of(call, input(call, axes), windows)));
  }

  /** The windows of {@link #maxPool}, without their padding. */
  private static List<PoolIndices.Windows> maxWindows(OperatorCall call, int axes) {
    Shape shape = call.tensor(0).shape();
    List<Integer> kernel = call.perAxis(1, axes);
    List<Integer> strides = strides(call, axes, kernel);
    List<Integer> padding = call.perAxis(3, axes);
    List<Integer> dilations = call.perAxis(4, axes);
    List<PoolIndices.Windows> out = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      int extent = shape.extent(shape.rank() - axes + k);
      int dilation = dilations.get(k);
      int low = padding.get(k);
      int taps = kernel.get(k);
      int[] firsts =
          new int[positions(call, extent, taps, strides.get(k), low, dilation, call.flag(5))];
      int[] lengths = new int[firsts.length];
      for (int p = 0; p < firsts.length; p++) {
        int start = p * strides.get(k) - low;
        int before = Math.ceilDiv(Math.max(0, -start), dilation);
        firsts[p] = start + before * dilation;
        lengths[p] = Math.min(taps - 1, Math.floorDiv(extent - 1 - start, dilation)) - before + 1;
        if (lengths[p] < 1) {
          throw call.refuse(
              "a window lies in the padding alone, so that no element is its maximum");
        }
      }
      out.add(new PoolIndices.Windows(extent, firsts, lengths, dilation));
    }
    return out;
  }

  /** The windows of {@link #adaptiveMax}. */
  private static List<PoolIndices.Windows> adaptiveWindows(OperatorCall call, int axes) {
    Shape shape = call.tensor(0).shape();
    List<Integer> sizes = sizes(call, axes);
    List<PoolIndices.Windows> out = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      int extent = shape.extent(shape.rank() - axes + k);
      int positions = sizes.get(k);
      int[] firsts = new int[positions];
      int[] lengths = new int[positions];
      for (int p = 0; p < positions; p++) {
        firsts[p] = adaptiveStart(p, extent, positions);
        lengths[p] = adaptiveEnd(p, extent, positions) - firsts[p];
      }
      out.add(new PoolIndices.Windows(extent, firsts, lengths, 1));
    }
    return out;
  }

  /**
   * (input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override). PyTorch
   * divides by the area of the window clipped to the padded input, or to the input alone; both are
   * products over the axes.
   */
  private static TorchValue averagePool(OperatorCall call, int axes) {
    Value current = input(call, axes);
    List<Integer> kernel = call.perAxis(1, axes);
    List<Integer> strides = strides(call, axes, kernel);
    List<Integer> padding = call.perAxis(3, axes);
    boolean ceil = call.flag(4);
    boolean includePadding = call.flag(5);
    for (int k = 0; k < axes; k++) {
      int axis = current.shape().rank() - axes + k;
      int extent = current.shape().extent(axis);
      int positions =
          positions(call, extent, kernel.get(k), strides.get(k), padding.get(k), 1, ceil);
      List<Integer> starts = new ArrayList<>();
      List<Integer> lengths = new ArrayList<>();
      List<Integer> divisors = new ArrayList<>();
      for (int p = 0; p < positions; p++) {
        int start = p * strides.get(k) - padding.get(k);
        int paddedEnd = Math.min(start + kernel.get(k), extent + padding.get(k));
        int clippedStart = Math.max(start, 0);
        int length = Math.min(paddedEnd, extent) - clippedStart;
        starts.add(clippedStart);
        lengths.add(length);
        if (call.isNone(6)) {
          divisors.add(includePadding ? paddedEnd - start : length);
        } else {
          divisors.add(k == 0 ? call.extent(6) : 1);
        }
      }
      current = call.emit().windowMean(current, axis, starts, lengths, divisors);
    }
    return call.result(current);
  }

  private static int adaptiveStart(int position, int extent, int positions) {
    return (int) ((long) position * extent / positions);
  }

  private static int adaptiveEnd(int position, int extent, int positions) {
    return (int) (((position + 1L) * extent + positions - 1) / positions);
  }

  /** Window j covers [floor(j n / m), ceil((j + 1) n / m)). */
  private static TorchValue adaptiveAverage(OperatorCall call, int axes) {
    Value current = input(call, axes);
    List<Integer> sizes = sizes(call, axes);
    int rank = current.shape().rank();
    if (sizes.stream().allMatch(s -> s == 1)) {
      List<Integer> reduced = IntStream.range(rank - axes, rank).boxed().toList();
      return call.result(ReductionOperators.mean(call, current, reduced, true, false));
    }
    for (int k = 0; k < axes; k++) {
      int axis = rank - axes + k;
      int extent = current.shape().extent(axis);
      int positions = sizes.get(k);
      if (positions == extent) {
        continue;
      }
      List<Integer> starts = new ArrayList<>();
      List<Integer> lengths = new ArrayList<>();
      for (int p = 0; p < positions; p++) {
        starts.add(adaptiveStart(p, extent, positions));
        lengths.add(adaptiveEnd(p, extent, positions) - starts.get(p));
      }
      current = call.emit().windowMean(current, axis, starts, lengths, lengths);
    }
    return call.result(current);
  }

  /**
   * Pools as {@link #adaptiveAverage} does; windows of one size at one stride are a pooling, others
   * are taken one by one.
   */
  private static Value adaptiveMax(OperatorCall call, int axes) {
    Value current = input(call, axes);
    List<Integer> sizes = sizes(call, axes);
    for (int k = 0; k < axes; k++) {
      int axis = current.shape().rank() - axes + k;
      int extent = current.shape().extent(axis);
      int positions = sizes.get(k);
      if (extent % positions == 0) {
        current = maxAlong(call, current, axes, k, extent / positions);
        continue;
      }
      List<Value> parts = new ArrayList<>();
      for (int p = 0; p < positions; p++) {
        int start = adaptiveStart(p, extent, positions);
        int end = adaptiveEnd(p, extent, positions);
        parts.add(
            maxAlong(call, call.emit().slice(current, axis, start, end, 1), axes, k, end - start));
      }
      current = call.emit().concatenate(parts, axis);
    }
    return current;
  }

  private static Value maxAlong(OperatorCall call, Value input, int axes, int axis, int size) {
    if (size == 1) {
      return input;
    }
    List<Integer> kernel = new ArrayList<>(Collections.nCopies(axes, 1));
    kernel.set(axis, size);
    List<Integer> zeros = Collections.nCopies(axes, 0);
    return call.emit().maxPool(input, kernel, kernel, zeros, zeros, Collections.nCopies(axes, 1));
  }

  /** The output extents; None keeps an axis as it is. */
  private static List<Integer> sizes(OperatorCall call, int axes) {
    Shape shape = call.tensor(0).shape();
    List<Integer> out = new ArrayList<>();
    List<TorchValue> given = call.argument(1).sequence().orElse(List.of(call.argument(1)));
    if (given.size() != 1 && given.size() != axes) {
      throw call.refuse("the output size names %d axes, not %d".formatted(given.size(), axes));
    }
    for (int k = 0; k < axes; k++) {
      TorchValue size = given.get(given.size() == 1 ? 0 : k);
      int extent = shape.extent(shape.rank() - axes + k);
      int positions =
          size instanceof TorchValue.None
              ? extent
              : call.narrow(
                  size.integer()
                      .orElseThrow(() -> call.refuse("an output size is " + size.kind())));
      if (positions < 1 || extent < 1) {
        throw call.refuse("%d outputs from an axis of %d".formatted(positions, extent));
      }
      out.add(positions);
    }
    return out;
  }
}
