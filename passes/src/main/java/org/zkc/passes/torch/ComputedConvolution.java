package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Convolutions whose kernel is computed from the input, as hypernetworks and modulated layers have
 * them. The elements under the kernel become the columns of matrices, and what remains is a product
 * of two data tensors, one for each image and group.
 *
 * @param strides per axis, as all other lists
 * @param low padding with zeros before the first element, as {@code high} after the last
 */
record ComputedConvolution(
    OperatorCall call,
    List<Integer> strides,
    List<Integer> low,
    List<Integer> high,
    List<Integer> dilations,
    int groups) {

  /**
   * The convolution.
   *
   * @param input [N, C, ...]
   * @param weight [O, C / groups, ...]
   * @return [N, O, ...]
   */
  Value of(Value input, Value weight) {
    TensorEmitter emit = call.emit();
    int axes = strides.size();
    Shape kernel = weight.shape();
    if (groups < 1
        || input.shape().extent(1) != (long) kernel.extent(1) * groups
        || kernel.extent(0) % groups != 0) {
      throw call.refuse(
          "a weight of shape %s does not fit an input of shape %s and %d groups"
              .formatted(kernel, input.shape(), groups));
    }
    Value x = emit.pad(input, leading(low), leading(high), 0.0);
    int taps = 1;
    List<Integer> positions = new ArrayList<>();
    for (int k = axes - 1; k >= 0; k--) {
      int room = x.shape().extent(2 + k) - 1 - dilations.get(k) * (kernel.extent(2 + k) - 1);
      if (room < 0 || strides.get(k) < 1 || dilations.get(k) < 1) {
        throw call.refuse(
            "a kernel of shape %s does not fit an input of shape %s, strides %s, dilations %s"
                .formatted(kernel, x.shape(), strides, dilations));
      }
      positions.addFirst(room / strides.get(k) + 1);
      taps = Math.multiplyExact(taps, kernel.extent(2 + k));
      x =
          PickOperators.taps(
              emit,
              x,
              2 + k,
              positions.getFirst(),
              kernel.extent(2 + k),
              strides.get(k),
              dilations.get(k));
    }
    int images = input.shape().extent(0);
    int places = positions.stream().reduce(1, Math::multiplyExact);
    int inner = Math.multiplyExact(kernel.extent(1), taps);
    Value columns =
        emit.reshape(
            emit.transpose(x, placesBeforeTaps(axes)), Shape.of(images, places, groups, inner));
    Value matrices = emit.reshape(weight, Shape.of(1, groups, kernel.extent(0) / groups, inner));
    Value y =
        LinearOperators.timesTransposed(
            call, matrices, emit.transpose(columns, List.of(0, 2, 1, 3)));
    List<Integer> extents = new ArrayList<>(List.of(images, kernel.extent(0)));
    extents.addAll(positions);
    return emit.reshape(y, new Shape(extents));
  }

  /**
   * The transposed convolution whose strides, padding and dilations these are: zeros are put
   * between the elements of the input, and the kernel runs backwards.
   *
   * @param input [N, C, ...]
   * @param weight [C, O / groups, ...]
   * @param outputPadding per axis, elements more at the end
   */
  Value transposed(Value input, Value weight, List<Integer> outputPadding) {
    TensorEmitter emit = call.emit();
    Shape shape = weight.shape();
    int axes = strides.size();
    if (groups < 1 || shape.extent(0) % groups != 0) {
      throw call.refuse("a weight of shape %s for %d groups".formatted(shape, groups));
    }
    Value x = input;
    Value kernel = weight;
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      x = apart(x, 2 + k, strides.get(k));
      kernel = Picks.flip(emit, kernel, 2 + k);
      int reach = dilations.get(k) * (shape.extent(2 + k) - 1);
      before.add(reach - low.get(k));
      after.add(reach - low.get(k) + outputPadding.get(k));
    }
    for (int k = 0; k < axes; k++) {
      int end = x.shape().extent(2 + k) + Math.min(0, after.get(k));
      if (end <= Math.max(0, -before.get(k))) {
        throw call.refuse("padding %s leaves nothing of the result".formatted(low));
      }
      x = emit.slice(x, 2 + k, Math.max(0, -before.get(k)), end, 1);
      before.set(k, Math.max(0, before.get(k)));
      after.set(k, Math.max(0, after.get(k)));
    }
    List<Integer> split =
        new ArrayList<>(List.of(groups, shape.extent(0) / groups, shape.extent(1)));
    List<Integer> order = new ArrayList<>(List.of(0, 2, 1));
    List<Integer> joined = new ArrayList<>(List.of(groups * shape.extent(1), split.get(1)));
    for (int k = 0; k < axes; k++) {
      split.add(shape.extent(2 + k));
      order.add(3 + k);
      joined.add(shape.extent(2 + k));
    }
    Value own = emit.transpose(emit.reshape(kernel, new Shape(split)), order);
    List<Integer> ones = Collections.nCopies(axes, 1);
    return new ComputedConvolution(call, ones, before, after, dilations, groups)
        .of(x, emit.reshape(own, new Shape(joined)));
  }

  /** Zeros between neighbours of an axis, which stand {@code stride} apart. */
  private Value apart(Value x, int axis, int stride) {
    TensorEmitter emit = call.emit();
    if (stride < 1) {
      throw call.refuse("strides %s".formatted(strides));
    }
    if (stride == 1) {
      return x;
    }
    int n = x.shape().extent(axis);
    List<Integer> split = new ArrayList<>(x.shape().extents());
    split.add(axis + 1, 1);
    List<Integer> none = Collections.nCopies(split.size(), 0);
    List<Integer> more = new ArrayList<>(none);
    more.set(axis + 1, stride - 1);
    Value wide = emit.pad(emit.reshape(x, new Shape(split)), none, more, 0.0);
    List<Integer> joined = new ArrayList<>(x.shape().extents());
    joined.set(axis, Math.multiplyExact(n, stride));
    return emit.slice(
        emit.reshape(wide, new Shape(joined)), axis, 0, Math.addExact((n - 1) * stride, 1), 1);
  }

  private static List<Integer> leading(List<Integer> padding) {
    List<Integer> out = new ArrayList<>(List.of(0, 0));
    out.addAll(padding);
    return out;
  }

  /** [N, C, taps, positions, taps, positions, ...] to [N, positions ..., C, taps ...]. */
  private static List<Integer> placesBeforeTaps(int axes) {
    List<Integer> order = new ArrayList<>(List.of(0));
    for (int k = 0; k < axes; k++) {
      order.add(3 + 2 * k);
    }
    order.add(1);
    for (int k = 0; k < axes; k++) {
      order.add(2 + 2 * k);
    }
    return order;
  }
}
