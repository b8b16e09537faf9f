package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;

/**
 * One axis of an image that a grid samples: which elements a place takes, and how much of each.
 *
 * @param length its elements
 * @param border what places outside take
 * @param alignCorners whether -1 and 1 are the middles of the first and the last element, not their
 *     outer edges
 */
record GridAxis(int length, Border border, boolean alignCorners, Mode mode) {
  /** The weighting of elements around a place, in PyTorch's order. */
  enum Mode {
    BILINEAR,
    NEAREST,
    BICUBIC
  }

  /** Elements outside of the image, in PyTorch's order. */
  enum Border {
    ZEROS,
    EDGE,
    REFLECTION
  }

  /** An element of an axis and its share. */
  record Tap(int element, double weight) {}

  /** The coefficient of PyTorch's cubic kernel. */
  private static final double CUBIC = -0.75;

  /** The reach of a cubic kernel. */
  private static final int REACH = 2;

  /** Lengths of the axis by which computed places may lie outside and are reflected. */
  private static final int MOST_REFLECTIONS = 4;

  /** Elements for half of the grid's range. */
  private double factor() {
    return alignCorners ? (length - 1) / 2.0 : length / 2.0;
  }

  private double middle() {
    return (length - 1) / 2.0;
  }

  /** The place that reflections leave as it is, and how far it is to the next such place. */
  private double low() {
    return alignCorners ? 0 : -0.5;
  }

  private double span() {
    return alignCorners ? length - 1 : length;
  }

  /** The place of a grid's number, counted in elements, as far as borders move it. */
  private double place(double number) {
    double at = number * factor() + middle();
    return switch (border) {
      case ZEROS -> at;
      case EDGE -> Math.clamp(at, 0, length - 1);
      case REFLECTION -> Math.clamp(reflected(at), 0, length - 1);
    };
  }

  private double reflected(double at) {
    if (span() == 0) {
      return 0;
    }
    double way = Math.abs(at - low()) % (2 * span());
    return low() + Math.min(way, 2 * span() - way);
  }

  /** The element at an index of a cubic kernel, which borders move one by one. */
  private int element(int index) {
    return switch (border) {
      case ZEROS -> index;
      case EDGE -> Math.clamp(index, 0, length - 1);
      case REFLECTION -> (int) Math.clamp(reflected(index), 0, length - 1);
    };
  }

  /** The elements that the place of a grid's number takes. */
  List<Tap> taps(double number) {
    List<Tap> taps = new ArrayList<>();
    switch (mode) {
      case BICUBIC -> {
        double at = number * factor() + middle();
        int first = (int) Math.floor(at) - 1;
        for (int k = first; k < first + 2 * REACH; k++) {
          taps.add(new Tap(element(k), cubic(Math.abs(at - k))));
        }
      }
      case NEAREST -> taps.add(new Tap((int) Math.rint(place(number)), 1));
      case BILINEAR -> {
        double at = place(number);
        int below = (int) Math.floor(at);
        taps.add(new Tap(below, 1 - (at - below)));
        taps.add(new Tap(below + 1, at - below));
      }
    }
    taps.removeIf(t -> t.element < 0 || t.element >= length);
    return taps;
  }

  /** Keys, Cubic Convolution Interpolation for Digital Image Processing, equation 4. */
  private static double cubic(double x) {
    return x <= 1
        ? ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1
        : ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
  }

  /** The share of every element for the places of computed numbers [..., 1]: [..., length]. */
  Value shares(TensorEmitter emit, Value numbers) {
    Value at = emit.add(emit.multiply(numbers, emit.scalar(factor())), emit.scalar(middle()));
    if (border == Border.REFLECTION) {
      at = reflected(emit, at);
    }
    if (mode == Mode.BICUBIC) {
      return cubicShares(emit, at);
    }
    if (border != Border.ZEROS) {
      at = emit.clamp(at, 0, length - 1);
    }
    if (mode == Mode.NEAREST) {
      Value whole = emit.pointwise(at, ScalarFunction.ROUND);
      Value apart = emit.subtract(whole, elements(emit, 0, length));
      return emit.cast(emit.compareZero(apart, Comparison.EQUAL), DType.F32);
    }
    Value distance =
        emit.pointwise(emit.subtract(at, elements(emit, 0, length)), ScalarFunction.ABS);
    return emit.relu(emit.subtract(emit.scalar(1), distance));
  }

  /** Each fold brings what lies less than two lengths beyond an end nearer by two. */
  private Value reflected(TensorEmitter emit, Value at) {
    Value way = emit.pointwise(emit.subtract(at, emit.scalar(low())), ScalarFunction.ABS);
    for (int k = 0; k < MOST_REFLECTIONS; k++) {
      Value beyond = emit.subtract(emit.scalar(span()), way);
      Value left = emit.subtract(emit.scalar(span()), emit.pointwise(beyond, ScalarFunction.ABS));
      way = emit.pointwise(left, ScalarFunction.ABS);
    }
    return emit.add(way, emit.scalar(low()));
  }

  /**
   * Shares by the cubic kernel, as sums of powers of u = max(0, 2 - d) and v = max(0, 1 - d): a u^2
   * (1 - u) - 2 v^3, as 4 a + 3 is 0. Indices outside of the axis are those of other elements.
   */
  private Value cubicShares(TensorEmitter emit, Value at) {
    boolean isOpen = border == Border.ZEROS;
    int before = isOpen ? 0 : REACH + 1;
    int count = length + 2 * before;
    Value inside =
        isOpen ? at : emit.clamp(at, -REACH, length - 1 + REACH); // all taps are one element there
    Value distance =
        emit.pointwise(emit.subtract(inside, elements(emit, -before, count)), ScalarFunction.ABS);
    Value u = emit.relu(emit.subtract(emit.scalar(REACH), distance));
    Value v = emit.relu(emit.subtract(emit.scalar(1), distance));
    Value squares = emit.multiply(u, u);
    Value outer =
        emit.multiply(emit.multiply(squares, emit.subtract(emit.scalar(1), u)), emit.scalar(CUBIC));
    Value cubes = emit.multiply(emit.multiply(v, v), emit.multiply(v, emit.scalar(2)));
    Value shares = emit.subtract(outer, cubes);
    if (isOpen) {
      return shares;
    }
    float[] moves = new float[length * count];
    for (int k = 0; k < count; k++) {
      moves[element(k - before) * count + k] = 1;
    }
    Value matrix = emit.constant(TensorData.ofFloats(Shape.of(length, count), moves), "");
    return emit.linear(shares, matrix, Optional.empty());
  }

  private static Value elements(TensorEmitter emit, int first, int count) {
    float[] elements = new float[count];
    IntStream.range(0, count).forEach(i -> elements[i] = first + i);
    return emit.constant(TensorData.ofFloats(Shape.of(count), elements), "");
  }
}
