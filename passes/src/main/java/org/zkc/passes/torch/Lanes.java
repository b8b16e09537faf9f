package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * A constant tensor as lines along one axis: {@code outer} x {@code inner} of them, with {@code
 * extent} elements each. Elements are doubles, exact for integers below 2^53.
 */
record Lanes(
    double[] elements, DType dtype, Shape shape, int axis, int outer, int extent, int inner) {

  /** The elements of a tensor along an axis of it; a tensor without axes is one line of one. */
  static Lanes of(TensorData data, int axis) {
    Shape shape = data.shape();
    int outer = 1;
    int inner = 1;
    for (int k = 0; k < shape.rank(); k++) {
      outer *= k < axis ? shape.extent(k) : 1;
      inner *= k > axis ? shape.extent(k) : 1;
    }
    int extent = shape.rank() == 0 ? 1 : shape.extent(axis);
    return new Lanes(data.toDoubles(), data.dtype(), shape, axis, outer, extent, inner);
  }

  /** The number of lines. */
  int count() {
    return outer * inner;
  }

  /** The place of element {@code i} of a line. */
  int place(int line, int i) {
    return (line / inner * extent + i) * inner + line % inner;
  }

  double[] line(int line) {
    double[] out = new double[extent];
    for (int i = 0; i < extent; i++) {
      out[i] = elements[place(line, i)];
    }
    return out;
  }

  /** A tensor whose lines along the same axis are {@code lines}, all of one length. */
  TensorData with(List<double[]> lines, DType type) {
    int length = lines.isEmpty() ? 0 : lines.getFirst().length;
    double[] out = new double[Math.multiplyExact(lines.size(), length)];
    for (int l = 0; l < lines.size(); l++) {
      for (int i = 0; i < length; i++) {
        out[(l / inner * length + i) * inner + l % inner] = lines.get(l)[i];
      }
    }
    Shape result = shape.rank() == 0 ? shape : shape.with(axis, length);
    return HostTensors.cast(TensorData.ofDoubles(result, out), type);
  }

  /** The tensor with the axis taken away, which has one element. */
  static TensorData dropped(TensorData data, int axis, boolean keep) {
    if (keep || data.shape().rank() == 0) {
      return data;
    }
    List<Integer> extents = new ArrayList<>(data.shape().extents());
    extents.remove(axis);
    return new TensorData(data.dtype(), new Shape(extents), data.bytes());
  }
}
