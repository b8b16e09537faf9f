package org.zkc.ir.interpret;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.circuit.Contraction;

/** A contraction in plain loops over all its indices: its definition. */
final class ContractionKernel {
  private final int[] extents;
  private final int kept;
  private final Operand left;
  private final Operand right;

  /**
   * The position of an operand's element: linear in the indices. An index outside its axis reads 0.
   */
  private static final class Operand {
    final long[] elements;
    final int[] steps;
    final List<Bound> bounds = new ArrayList<>();
    int base;

    Operand(long[] elements, int indices) {
      this.elements = elements;
      this.steps = new int[indices];
    }

    long at(int position, int[] index) {
      for (Bound b : bounds) {
        int c =
            b.window.stride() * index[b.position]
                + b.window.dilation() * index[b.tap]
                - b.window.padding();
        if (c < 0 || c >= b.extent) {
          return 0;
        }
      }
      return elements[position];
    }
  }

  /** The part of an axis that a window can read. */
  private record Bound(Contraction.Window window, int position, int tap, int extent) {}

  private ContractionKernel(
      Contraction c, long[] left, Shape leftShape, long[] right, Shape rightShape) {
    List<String> order = new ArrayList<>(c.kept());
    kept = order.size();
    order.addAll(c.summed());
    extents = order.stream().mapToInt(c::extent).toArray();
    this.left = operand(left, c.left(), leftShape, order, c);
    this.right = operand(right, c.right(), rightShape, order, c);
  }

  static long[] run(Contraction c, long[] left, Shape leftShape, long[] right, Shape rightShape) {
    ContractionKernel kernel = new ContractionKernel(c, left, leftShape, right, rightShape);
    long[] out = new long[Math.toIntExact(c.shape(leftShape, rightShape).elementCount())];
    if (out.length > 0) {
      kernel.fill(out, 0, 0, kernel.left.base, kernel.right.base, new int[kernel.extents.length]);
    }
    return out;
  }

  private static Operand operand(
      long[] elements,
      List<Contraction.Axis> axes,
      Shape shape,
      List<String> order,
      Contraction c) {
    Operand operand = new Operand(elements, order.size());
    long[] strides = shape.strides();
    for (int axis = 0; axis < axes.size(); axis++) {
      int stride = Math.toIntExact(strides[axis]);
      switch (axes.get(axis)) {
        case Contraction.Plain p -> {
          for (String index : p.indices().reversed()) {
            operand.steps[order.indexOf(index)] = stride;
            stride *= c.extent(index);
          }
        }
        case Contraction.Window w -> {
          int position = order.indexOf(w.position());
          int tap = order.indexOf(w.tap());
          operand.steps[position] = stride * w.stride();
          operand.steps[tap] = stride * w.dilation();
          operand.base -= stride * w.padding();
          operand.bounds.add(new Bound(w, position, tap, shape.extent(axis)));
        }
      }
    }
    return operand;
  }

  /** Sets the elements from {@code at} on that have the indices before {@code depth}. */
  private int fill(long[] out, int at, int depth, int leftAt, int rightAt, int[] index) {
    if (depth == kept) {
      out[at] = sum(depth, leftAt, rightAt, index);
      return at + 1;
    }
    int next = at;
    for (int i = 0; i < extents[depth]; i++) {
      index[depth] = i;
      next =
          fill(
              out,
              next,
              depth + 1,
              leftAt + i * left.steps[depth],
              rightAt + i * right.steps[depth],
              index);
    }
    return next;
  }

  private long sum(int depth, int leftAt, int rightAt, int[] index) {
    if (depth == extents.length) {
      return Math.multiplyExact(left.at(leftAt, index), right.at(rightAt, index));
    }
    long sum = 0;
    for (int i = 0; i < extents[depth]; i++) {
      index[depth] = i;
      sum =
          Math.addExact(
              sum,
              sum(
                  depth + 1,
                  leftAt + i * left.steps[depth],
                  rightAt + i * right.steps[depth],
                  index));
    }
    return sum;
  }
}
