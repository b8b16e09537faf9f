package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Places of the maxima of pooling windows, as PyTorch counts them: row-major in the input's pooled
 * axes, the first of equal ones in the order of the window. A window holds the elements inside the
 * input alone, from its first one on; a shorter one is filled up by repetitions of its first
 * element along the axis, which never win, as they come after it:
 *
 * <pre>
 * place = place of the window's first element + offset[index of the maximum in the window]
 * </pre>
 */
final class PoolIndices {

  /**
   * The windows along one axis.
   *
   * @param extent of the axis
   * @param firsts the first element inside the axis, of each window
   * @param lengths how many elements of each window are inside, at least 1
   * @param dilation from one element of a window to the next
   */
  record Windows(int extent, int[] firsts, int[] lengths, int dilation) {
    private int longest() {
      return Arrays.stream(lengths).max().orElseThrow();
    }

    /** The elements of all windows, one window after the other, each as long as the longest. */
    private int[] sources() {
      int longest = longest();
      return IntStream.range(0, firsts.length * longest)
          .map(i -> {
            int window = i / longest;
            int slot = i % longest;
            return firsts[window] + (slot < lengths[window] ? slot * dilation : 0);
          })
          .toArray();
    }

    /** The window that holds each element of the axis, 0 for none; empty if some overlap. */
    private Optional<int[]> owners() {
      int[] owners = new int[extent];
      boolean[] taken = new boolean[extent];
      for (int window = 0; window < firsts.length; window++) {
        for (int slot = 0; slot < lengths[window]; slot++) {
          int place = firsts[window] + slot * dilation;
          if (taken[place]) {
            return Optional.empty();
          }
          taken[place] = true;
          owners[place] = window;
        }
      }
      return Optional.of(owners);
    }
  }

  private PoolIndices() {}

  /** The places of the maxima of windows over the last axes of the input, 64-bit integers. */
  static Tensor of(OperatorCall call, Value input, List<Windows> windows) {
    TensorEmitter emit = call.emit();
    int axes = windows.size();
    int lead = input.shape().rank() - axes;
    Value x = input;
    for (int k = axes - 1; k >= 0; k--) {
      List<Integer> apart = new ArrayList<>(x.shape().extents());
      apart.set(lead + k, windows.get(k).firsts().length);
      apart.add(lead + k + 1, windows.get(k).longest());
      x = emit.reshape(Picks.along(emit, x, lead + k, windows.get(k).sources()), new Shape(apart));
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, lead).boxed().toList());
    IntStream.range(0, axes).forEach(k -> order.add(lead + 2 * k));
    List<Integer> positions = order.stream().map(x.shape()::extent).toList();
    IntStream.range(0, axes).forEach(k -> order.add(lead + 2 * k + 1));
    int size = windows.stream().mapToInt(Windows::longest).reduce(1, Math::multiplyExact);
    List<Integer> grouped = new ArrayList<>(positions);
    grouped.add(size);
    Value elements = emit.reshape(emit.transpose(x, order), new Shape(grouped));
    TensorData bases = bases(windows);
    Shape shape = new Shape(positions);
    if (size == 1) {
      return new KnownTensor(HostTensors.broadcast(bases, shape), "");
    }
    Value found = emit.op(r -> new TopIndices(r, elements, grouped.size() - 1, 1, call.location()));
    Value offset =
        emit.gather(emit.integers(offsets(windows, size), ""), emit.reshape(found, shape));
    Value place = emit.add(offset, emit.integers(bases, ""));
    emit.poolWindows().put(place, List.copyOf(windows));
    return call.result(place, DType.I64);
  }

  /** The place of each window's first element. */
  private static TensorData bases(List<Windows> windows) {
    Shape shape = new Shape(windows.stream().map(w -> w.firsts().length).toList());
    return places(shape, windows, (w, position) -> w.firsts()[position]);
  }

  /** The distance from a window's first element to that with each index in the window. */
  private static TensorData offsets(List<Windows> windows, int size) {
    Shape shape = new Shape(windows.stream().map(Windows::longest).toList());
    TensorData grid = places(shape, windows, (w, slot) -> slot * w.dilation());
    return TensorData.ofLongs(DType.I64, Shape.of(size), grid.toLongs());
  }

  @FunctionalInterface
  private interface Along {
    int element(Windows windows, int index);
  }

  /** Row-major places of the elements that the indices of a shape name along each axis. */
  private static TensorData places(Shape shape, List<Windows> windows, Along along) {
    long[] out = new long[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      long weight = 1;
      for (int k = windows.size() - 1; k >= 0; k--) {
        out[i] += along.element(windows.get(k), rest % shape.extent(k)) * weight;
        rest /= shape.extent(k);
        weight *= windows.get(k).extent();
      }
    }
    return TensorData.ofLongs(DType.I64, shape, out);
  }

  /**
   * (self, indices, output_size, ...): zeros, but for the elements at their indices. Where the
   * indices are those of a pooling whose windows do not overlap, every place asks its own window;
   * otherwise the elements are written into lines of zeros.
   */
  static TorchValue unpool(OperatorCall call, int axes) {
    Tensor self = call.tensor(0);
    Tensor indices = call.tensor(1);
    List<Integer> size = call.perAxis(2, axes);
    Shape shape = self.shape();
    int lead = shape.rank() - axes;
    if (lead < 0 || !indices.shape().equals(shape)) {
      throw call.refuse(
          "indices of shape %s for elements of shape %s".formatted(indices.shape(), shape));
    }
    List<Integer> extents = new ArrayList<>(shape.extents().subList(0, lead));
    extents.addAll(size);
    Shape unpooled = new Shape(extents);
    TensorEmitter emit = call.emit();
    if (indices instanceof TracedTensor t) {
      List<Windows> windows = windows(emit, t.value());
      if (size.equals(windows.stream().map(Windows::extent).toList())
          && windows.stream().allMatch(w -> w.owners().isPresent())) {
        return call.result(ofOwners(call, call.value(0), t.value(), windows), self.dtype());
      }
    }
    int lines = shape.extents().subList(0, lead).stream().reduce(1, Math::multiplyExact);
    int count = call.narrow(shape.elementCount() / Math.max(1, lines));
    int places = size.stream().reduce(1, Math::multiplyExact);
    Value zeros = emit.broadcast(emit.scalar(0), Shape.of(lines, places, 1));
    Value at = emit.reshape(call.in(DType.I64, indices), Shape.of(lines, count));
    Value written =
        LineWrites.of(call, zeros, emit.wrapped(at, places))
            .writtenFrom(emit.reshape(call.value(0), Shape.of(lines, count, 1)));
    return call.result(emit.reshape(written, unpooled), self.dtype());
  }

  /**
   * The windows whose maxima's places the indices are, with one element along a last axis that was
   * added, as max_unpool1d adds one; empty for other indices.
   */
  private static List<Windows> windows(TensorEmitter emit, Value indices) {
    List<Windows> known = emit.poolWindows().get(indices);
    if (known != null) {
      return known;
    }
    Shape shape = indices.shape();
    if (emit.definition(indices).orElse(null) instanceof Reshape r
        && shape.extents().getLast() == 1
        && shape.extents().subList(0, shape.rank() - 1).equals(r.input().shape().extents())) {
      List<Windows> out = new ArrayList<>(windows(emit, r.input()));
      if (!out.isEmpty()) {
        out.add(new Windows(1, new int[1], new int[] {1}, 1));
      }
      return out;
    }
    return List.of();
  }

  private static Value ofOwners(
      OperatorCall call, Value elements, Value indices, List<Windows> windows) {
    TensorEmitter emit = call.emit();
    int lead = elements.shape().rank() - windows.size();
    Value element = elements;
    Value index = indices;
    for (int k = 0; k < windows.size(); k++) {
      int[] owners = windows.get(k).owners().orElseThrow();
      element = Picks.along(emit, element, lead + k, owners);
      index = Picks.along(emit, index, lead + k, owners);
    }
    Shape plane = new Shape(windows.stream().map(Windows::extent).toList());
    TensorData own = places(plane, windows, (w, place) -> place);
    Value difference = emit.subtract(index, emit.integers(own, ""));
    Value isMaximum = emit.cast(emit.compareZero(difference, Comparison.EQUAL), DType.F32);
    return emit.multiply(element, isMaximum);
  }
}
