package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * Sampling of images at places that a grid names, in units where the image reaches from -1 to 1
 * (Jaderberg et al., Spatial Transformer Networks, section 3.3). By a constant grid this is one
 * linear map; by a computed one a product with hat functions of the places along each axis.
 */
final class GridOperators {
  /** Elements of the matrix of a constant grid. */
  private static final long MOST_WEIGHTS = 1L << 24;

  /** The coefficient of PyTorch's cubic kernel. */
  private static final double CUBIC = -0.75;

  static final List<TorchOperator> ALL =
      List.of(
          sampler("aten.grid_sampler"),
          sampler("aten.grid_sampler_2d"),
          new TorchOperator(
              "aten.affine_grid_generator", "linear, transpose", GridOperators::affineGrid));

  private GridOperators() {}

  private static TorchOperator sampler(String name) {
    return new TorchOperator(
        name,
        "linear; or pointwise, matmul",
        "of images; by computed grids bilinear, without reflection",
        GridOperators::sample);
  }

  private enum Mode {
    BILINEAR,
    NEAREST,
    BICUBIC
  }

  private enum Border {
    ZEROS,
    EDGE,
    REFLECTION
  }

  /** One axis of the image: its length, and how places on it are meant. */
  private record Axis(int length, Border border, boolean alignCorners) {

    /** Elements for half of the grid's range. */
    double factor() {
      return alignCorners ? (length - 1) / 2.0 : length / 2.0;
    }

    double middle() {
      return (length - 1) / 2.0;
    }

    /** The place of a grid's number, counted in elements, as far as borders move it. */
    double place(double number) {
      double at = number * factor() + middle();
      return switch (border) {
        case ZEROS -> at;
        case EDGE -> Math.clamp(at, 0, length - 1);
        case REFLECTION -> Math.clamp(reflected(at), 0, length - 1);
      };
    }

    private double reflected(double at) {
      double low = alignCorners ? 0 : -0.5;
      double span = alignCorners ? length - 1 : length;
      if (span == 0) {
        return 0;
      }
      double way = Math.abs(at - low) % (2 * span);
      return low + Math.min(way, 2 * span - way);
    }

    /** The element at an index of a cubic kernel, which borders move one by one. */
    int element(int index) {
      return switch (border) {
        case ZEROS -> index;
        case EDGE -> Math.clamp(index, 0, length - 1);
        case REFLECTION -> (int) Math.clamp(reflected(index), 0, length - 1);
      };
    }
  }

  /** (input [N, C, H, W], grid [N, h, w, 2], mode, padding, align_corners). */
  private static TorchValue sample(OperatorCall call) {
    Shape image = call.tensor(0).shape();
    Shape grid = call.tensor(1).shape();
    if (image.rank() != 4
        || grid.rank() != 4
        || grid.extent(3) != 2
        || grid.extent(0) != image.extent(0)) {
      throw call.refuse(
          "an input of shape %s and a grid of shape %s; of images [N, C, H, W] and [N, h, w, 2] are"
                  .formatted(image, grid)
              + " supported");
    }
    Mode mode = Mode.values()[Math.clamp(call.integer(2), 0, 2)];
    Border border = Border.values()[Math.clamp(call.integer(3), 0, 2)];
    Axis height = new Axis(image.extent(2), border, call.flag(4));
    Axis width = new Axis(image.extent(3), border, call.flag(4));
    return call.tensor(1) instanceof KnownTensor k
        ? byKnown(call, k.data(), mode, height, width)
        : byComputed(call, mode, height, width);
  }

  private static TorchValue byKnown(
      OperatorCall call, TensorData grid, Mode mode, Axis height, Axis width) {
    TensorEmitter emit = call.emit();
    Value image = call.value(0);
    int samples = image.shape().extent(0);
    int channels = image.shape().extent(1);
    int rows = grid.shape().extent(1);
    int columns = grid.shape().extent(2);
    int places = Math.multiplyExact(rows, columns);
    int elements = height.length * width.length;
    if ((long) places * elements * samples > MOST_WEIGHTS) {
      throw call.refuse(
          "%d places in an image of %d elements: that is a matrix of more than %d weights"
              .formatted(places, elements, MOST_WEIGHTS));
    }
    List<Value> out = new ArrayList<>();
    for (int n = 0; n < samples; n++) {
      float[] weights = new float[places * elements];
      for (int p = 0; p < places; p++) {
        long at = 2L * ((long) n * places + p);
        double x = grid.getDouble(at);
        double y = grid.getDouble(at + 1);
        for (Tap down : taps(mode, height, y)) {
          for (Tap across : taps(mode, width, x)) {
            weights[p * elements + down.element * width.length + across.element] +=
                (float) (down.weight * across.weight);
          }
        }
      }
      Value matrix = emit.constant(TensorData.ofFloats(Shape.of(places, elements), weights), "");
      Value flat = emit.reshape(emit.slice(image, 0, n, n + 1, 1), Shape.of(1, channels, elements));
      Value sampled = emit.linear(flat, matrix, Optional.empty());
      out.add(emit.reshape(sampled, Shape.of(1, channels, rows, columns)));
    }
    return call.result(emit.concatenate(out, 0));
  }

  /** An element of an axis and its share. */
  private record Tap(int element, double weight) {}

  private static List<Tap> taps(Mode mode, Axis axis, double number) {
    List<Tap> taps = new ArrayList<>();
    if (mode == Mode.BICUBIC) {
      double at = number * axis.factor() + axis.middle();
      int first = (int) Math.floor(at) - 1;
      for (int k = first; k < first + 4; k++) {
        taps.add(new Tap(axis.element(k), cubic(Math.abs(at - k))));
      }
    } else if (mode == Mode.NEAREST) {
      taps.add(new Tap((int) Math.rint(axis.place(number)), 1));
    } else {
      double at = axis.place(number);
      int below = (int) Math.floor(at);
      taps.add(new Tap(below, 1 - (at - below)));
      taps.add(new Tap(below + 1, at - below));
    }
    taps.removeIf(t -> t.element < 0 || t.element >= axis.length);
    return taps;
  }

  /** Keys, Cubic Convolution Interpolation for Digital Image Processing, equation 4. */
  private static double cubic(double x) {
    return x <= 1
        ? ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1
        : ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
  }

  private static TorchValue byComputed(OperatorCall call, Mode mode, Axis height, Axis width) {
    if (mode != Mode.BILINEAR || height.border == Border.REFLECTION) {
      throw call.refuse(
          "a grid that is computed from the input; use mode='bilinear' with padding_mode 'zeros' or"
              + " 'border'");
    }
    TensorEmitter emit = call.emit();
    Value image = call.value(0);
    Value grid = call.value(1);
    int samples = image.shape().extent(0);
    int channels = image.shape().extent(1);
    int places = Math.multiplyExact(grid.shape().extent(1), grid.shape().extent(2));
    Value across = hats(emit, grid, 0, width, Shape.of(samples, places, 1));
    Value down = hats(emit, grid, 1, height, Shape.of(samples, places, 1));
    // [N, P, W] times [N, C H, W], then [N P, 1, H] times [N P, C, H].
    Value lines = emit.reshape(image, Shape.of(samples, channels * height.length, width.length));
    Value columns = emit.matMul(across, lines);
    Value each = emit.reshape(columns, Shape.of(samples * places, channels, height.length));
    Value shares = emit.reshape(down, Shape.of(samples * places, 1, height.length));
    Value sampled = emit.reshape(emit.matMul(shares, each), Shape.of(samples, places, channels));
    Value moved = emit.transpose(sampled, List.of(0, 2, 1));
    return call.result(
        emit.reshape(
            moved, Shape.of(samples, channels, grid.shape().extent(1), grid.shape().extent(2))));
  }

  /** max(0, 1 - |place - i|) for each place and each element i of the axis. */
  private static Value hats(
      TensorEmitter emit, Value grid, int coordinate, Axis axis, Shape places) {
    Value numbers = emit.reshape(emit.slice(grid, 3, coordinate, coordinate + 1, 1), places);
    Value at =
        emit.add(emit.multiply(numbers, emit.scalar(axis.factor())), emit.scalar(axis.middle()));
    if (axis.border == Border.EDGE) {
      at = emit.clamp(at, 0, axis.length - 1);
    }
    float[] elements = new float[axis.length];
    IntStream.range(0, axis.length).forEach(i -> elements[i] = i);
    Value each = emit.constant(TensorData.ofFloats(Shape.of(axis.length), elements), "");
    Value distance = emit.pointwise(emit.subtract(at, each), ScalarFunction.ABS);
    return emit.relu(emit.subtract(emit.scalar(1), distance));
  }

  /**
   * (theta [N, 2, 3], size [N, C, H, W], align_corners), or with one axis more: the places of the
   * output's elements times the matrices.
   */
  private static TorchValue affineGrid(OperatorCall call) {
    TensorEmitter emit = call.emit();
    List<Integer> size = call.integers(1);
    int axes = size.size() - 2;
    Shape theta = call.tensor(0).shape();
    if (axes < 2 || axes > 3 || !theta.equals(Shape.of(size.getFirst(), axes, axes + 1))) {
      throw call.refuse("matrices of shape %s for size %s".formatted(theta, size));
    }
    List<Integer> extents = size.subList(2, size.size());
    int places = extents.stream().reduce(1, Math::multiplyExact);
    float[] base = new float[Math.multiplyExact(places, axes + 1)];
    for (int p = 0; p < places; p++) {
      int left = p;
      for (int a = axes - 1; a >= 0; a--) {
        int n = extents.get(a);
        int i = left % n;
        left /= n;
        double at = call.flag(2) ? (n == 1 ? 0 : -1 + 2.0 * i / (n - 1)) : (2.0 * i + 1) / n - 1;
        base[p * (axes + 1) + axes - 1 - a] = (float) at;
      }
      base[p * (axes + 1) + axes] = 1;
    }
    Value matrix = emit.constant(TensorData.ofFloats(Shape.of(places, axes + 1), base), "");
    Value grid = emit.linear(call.value(0), matrix, Optional.empty());
    Value moved = emit.transpose(grid, List.of(0, 2, 1));
    List<Integer> shape = new ArrayList<>(List.of(size.getFirst()));
    shape.addAll(extents);
    shape.add(axes);
    return call.result(emit.reshape(moved, new Shape(shape)));
  }
}
