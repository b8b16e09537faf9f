package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.None;

/**
 * Which elements of a tensor known indices select: {@code at} holds for each element of the
 * selection, row-major in {@code shape}, its row-major position in the tensor.
 */
record Positions(Shape shape, int[] at) {

  /** Every element of a tensor at its place. */
  static Positions identity(Shape shape) {
    int[] at = new int[Math.toIntExact(shape.elementCount())];
    Arrays.setAll(at, i -> i);
    return new Positions(shape, at);
  }

  /**
   * The selection {@code tensor[indices]}: for each axis None or integers, or a mask for as many
   * axes as it has. Integers broadcast together; their axes stand where theirs were if those are
   * neighbours, else first.
   */
  static Positions indexed(OperatorCall call, Shape tensor, List<TorchValue> indices) {
    List<TensorData> perAxis = new ArrayList<>();
    List<Boolean> chosen = new ArrayList<>();
    for (TorchValue index : indices) {
      if (index instanceof None) {
        chosen.add(false);
        perAxis.add(HostTensors.scalar(0));
      } else if (index instanceof KnownTensor k && k.dtype() == DType.I1) {
        requireMask(call, tensor, perAxis.size(), k.shape());
        for (TensorData axis : places(k.data())) {
          chosen.add(true);
          perAxis.add(axis);
        }
      } else if (index instanceof KnownTensor k && !k.dtype().isFloating()) {
        chosen.add(true);
        perAxis.add(k.data());
      } else {
        throw call.refuse("an index is %s".formatted(index.kind()));
      }
    }
    if (perAxis.size() > tensor.rank()) {
      throw call.refuse("%d indices of a tensor of shape %s".formatted(perAxis.size(), tensor));
    }
    return selected(call, tensor, perAxis, chosen);
  }

  static void requireMask(OperatorCall call, Shape tensor, int first, Shape mask) {
    int end = first + mask.rank();
    if (end > tensor.rank() || !tensor.extents().subList(first, end).equals(mask.extents())) {
      throw call.refuse("a mask of shape %s for a tensor of shape %s".formatted(mask, tensor));
    }
  }

  /** The coordinates of the true elements of a mask, axis by axis. */
  static List<TensorData> places(TensorData mask) {
    int rank = mask.shape().rank();
    long[] strides = mask.shape().strides();
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < mask.elementCount(); i++) {
      if (mask.getDouble(i) != 0) {
        found.add(i);
      }
    }
    List<TensorData> out = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      long stride = strides[axis];
      int extent = mask.shape().extent(axis);
      long[] coordinates = found.stream().mapToLong(i -> i / stride % extent).toArray();
      out.add(TensorData.ofLongs(DType.I64, Shape.of(coordinates.length), coordinates));
    }
    return out;
  }

  private static Positions selected(
      OperatorCall call, Shape tensor, List<TensorData> perAxis, List<Boolean> chosen) {
    Shape together = Shape.of();
    int first = -1;
    int last = -1;
    for (int axis = 0; axis < perAxis.size(); axis++) {
      if (chosen.get(axis)) {
        together = Shapes.broadcast(together, perAxis.get(axis).shape());
        first = first < 0 ? axis : first;
        last = axis;
      }
    }
    boolean neighbours = first >= 0 && !chosen.subList(first, last + 1).contains(false);
    int before = neighbours ? first : 0;
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < tensor.rank(); axis++) {
      if (axis >= perAxis.size() || !chosen.get(axis)) {
        kept.add(axis);
      }
    }
    List<Integer> extents = new ArrayList<>();
    kept.subList(0, before).forEach(a -> extents.add(tensor.extent(a)));
    extents.addAll(together.extents());
    kept.subList(before, kept.size()).forEach(a -> extents.add(tensor.extent(a)));
    Shape shape = new Shape(extents);

    long[] strides = tensor.strides();
    int points = Math.toIntExact(together.elementCount());
    int[] ofPoint = new int[points];
    for (int axis = 0; axis < perAxis.size(); axis++) {
      if (chosen.get(axis)) {
        TensorData all = HostTensors.broadcast(perAxis.get(axis), together);
        for (int i = 0; i < points; i++) {
          long index = all.getLong(i);
          int extent = tensor.extent(axis);
          if (index < -extent || index >= extent) {
            throw call.refuse("index %d of an axis of %d".formatted(index, extent));
          }
          ofPoint[i] += (int) ((index < 0 ? index + extent : index) * strides[axis]);
        }
      }
    }
    int[] outer = offsets(tensor, kept.subList(0, before));
    int[] inner = offsets(tensor, kept.subList(before, kept.size()));
    int[] at = new int[Math.toIntExact(shape.elementCount())];
    int next = 0;
    for (int o : outer) {
      for (int p : ofPoint) {
        for (int i : inner) {
          at[next++] = o + p + i;
        }
      }
    }
    return new Positions(shape, at);
  }

  /** The positions of all elements that are 0 on the other axes. */
  private static int[] offsets(Shape tensor, List<Integer> axes) {
    long[] strides = tensor.strides();
    int[] out = {0};
    for (int axis : axes) {
      int extent = tensor.extent(axis);
      int[] more = new int[Math.multiplyExact(out.length, extent)];
      for (int i = 0; i < more.length; i++) {
        more[i] = out[i / extent] + (int) (i % extent * strides[axis]);
      }
      out = more;
    }
    return out;
  }

  /** The selection of {@code gather}: along one axis at the index, elsewhere at the same place. */
  static Positions gathered(OperatorCall call, Shape tensor, int axis, TensorData index) {
    Shape shape = index.shape();
    if (shape.rank() != tensor.rank()) {
      throw call.refuse("indices of shape %s for a tensor of shape %s".formatted(shape, tensor));
    }
    long[] own = shape.strides();
    long[] strides = tensor.strides();
    int[] at = new int[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < at.length; i++) {
      for (int k = 0; k < shape.rank(); k++) {
        long coordinate = k == axis ? index.getLong(i) : i / own[k] % shape.extent(k);
        if (coordinate < 0 || coordinate >= tensor.extent(k)) {
          throw call.refuse("index %d of an axis of %d".formatted(coordinate, tensor.extent(k)));
        }
        at[i] += (int) (coordinate * strides[k]);
      }
    }
    return new Positions(shape, at);
  }

  /** The selection of one axis by a list of indices. */
  static Positions along(OperatorCall call, Shape tensor, int axis, TensorData index) {
    List<TorchValue> indices = new ArrayList<>(Collections.nCopies(axis, None.NONE));
    indices.add(new KnownTensor(index, ""));
    return indexed(call, tensor, indices);
  }

  /** Whether a position is selected more than once. */
  boolean repeats() {
    int[] sorted = at.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        return true;
      }
    }
    return false;
  }
}
