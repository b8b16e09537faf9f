package org.zkc.ir;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive parts of a tensor along one axis.
 *
 * @param axis the axis that is cut
 * @param extents the extent of each part on that axis, in order, each at least 1
 */
public record AxisParts(int axis, List<Integer> extents) {
  /** A tensor that is not cut. */
  public static final AxisParts WHOLE = new AxisParts(0, List.of());

  public AxisParts {
    extents = List.copyOf(extents);
  }

  /** Whether there is one part, the tensor itself. */
  public boolean isWhole() {
    return extents.size() < 2;
  }

  /** The shapes of the parts of a tensor of this shape. */
  public List<Shape> shapes(Shape whole) {
    return isWhole()
        ? List.of(whole)
        : extents.stream().map(extent -> whole.with(axis, extent)).toList();
  }

  /** The parts of a tensor, in order. */
  public List<TensorData> split(TensorData whole) {
    if (isWhole()) {
      return List.of(whole);
    }
    List<Shape> shapes = shapes(whole.shape());
    long line = whole.shape().strides()[axis] * whole.dtype().bytes();
    long step = line * whole.shape().extent(axis);
    List<TensorData> out = new ArrayList<>();
    long first = 0;
    for (int k = 0; k < shapes.size(); k++) {
      long run = line * extents.get(k);
      byte[] bytes =
          new byte[Math.toIntExact(shapes.get(k).elementCount() * whole.dtype().bytes())];
      MemorySegment to = MemorySegment.ofArray(bytes);
      for (long at = 0; at * run < bytes.length; at++) {
        to.asSlice(at * run, run).copyFrom(whole.bytes().asSlice(at * step + first, run));
      }
      out.add(new TensorData(whole.dtype(), shapes.get(k), to));
      first += run;
    }
    return out;
  }

  /**
   * The name of one part as Python writes it, {@code x[:, 2:5]}.
   *
   * @param name the tensor's name
   */
  public String name(String name, int part) {
    if (isWhole()) {
      return name;
    }
    int first = extents.subList(0, part).stream().mapToInt(extent -> extent).sum();
    int count = extents.get(part);
    String index = count == 1 ? "" + first : first + ":" + (first + count);
    return name + "[" + ":, ".repeat(axis) + index + "]";
  }
}
