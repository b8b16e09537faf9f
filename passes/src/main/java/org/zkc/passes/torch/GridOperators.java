package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * Sampling of images and volumes at places that a grid names, in units where the image reaches from
 * -1 to 1 (Jaderberg et al., Spatial Transformer Networks, section 3.3). By a constant grid this is
 * one linear map; by a computed one a product with the shares of the places along each axis.
 */
final class GridOperators {
  /** Elements of the matrix of a constant grid. */
  private static final long MOST_WEIGHTS = 1L << 24;

  static final List<TorchOperator> ALL =
      List.of(
          sampler("aten.grid_sampler"),
          sampler("aten.grid_sampler_2d"),
          sampler("aten.grid_sampler_3d"),
          new TorchOperator(
              "aten.affine_grid_generator", "linear, transpose", GridOperators::affineGrid));

  private GridOperators() {}

  private static TorchOperator sampler(String name) {
    return new TorchOperator(
        name,
        "linear; or pointwise, compare_zero, matmul",
        "of images and volumes",
        GridOperators::sample);
  }

  /** (input [N, C, ...], grid [N, ..., 2 or 3], mode, padding, align_corners). */
  private static TorchValue sample(OperatorCall call) {
    Shape image = call.tensor(0).shape();
    Shape grid = call.tensor(1).shape();
    int rank = image.rank();
    if (rank < 4
        || rank > 5
        || grid.rank() != rank
        || grid.extent(rank - 1) != rank - 2
        || grid.extent(0) != image.extent(0)) {
      throw call.refuse(
          "an input of shape %s and a grid of shape %s; of images [N, C, H, W] and [N, h, w, 2], or of volumes with one axis more, are supported"
              .formatted(image, grid));
    }
    GridAxis.Mode mode = GridAxis.Mode.values()[Math.clamp(call.integer(2), 0, 2)];
    if (mode == GridAxis.Mode.BICUBIC && rank == 5) {
      throw call.refuse("cubic kernels of volumes");
    }
    GridAxis.Border border = GridAxis.Border.values()[Math.clamp(call.integer(3), 0, 2)];
    List<GridAxis> axes = new ArrayList<>();
    for (int a = 2; a < rank; a++) {
      axes.add(new GridAxis(image.extent(a), border, call.flag(4), mode));
    }
    return call.tensor(1) instanceof KnownTensor k
        ? byKnown(call, k.data(), axes)
        : byComputed(call, axes);
  }

  private static TorchValue byKnown(OperatorCall call, TensorData grid, List<GridAxis> axes) {
    TensorEmitter emit = call.emit();
    Value image = call.value(0);
    int samples = image.shape().extent(0);
    int channels = image.shape().extent(1);
    int places = places(grid.shape());
    int elements = axes.stream().mapToInt(GridAxis::length).reduce(1, Math::multiplyExact);
    if ((long) places * elements * samples > MOST_WEIGHTS) {
      throw call.refuse(
          "%d places in an image of %d elements: that is a matrix of more than %d weights"
              .formatted(places, elements, MOST_WEIGHTS));
    }
    List<Value> out = new ArrayList<>();
    for (int n = 0; n < samples; n++) {
      float[] weights = new float[places * elements];
      for (int p = 0; p < places; p++) {
        long at = (long) axes.size() * ((long) n * places + p);
        write(weights, p * elements, axes, grid, at, 0, 0, 1);
      }
      Value matrix = emit.constant(TensorData.ofFloats(Shape.of(places, elements), weights), "");
      Value flat = emit.reshape(emit.slice(image, 0, n, n + 1, 1), Shape.of(1, channels, elements));
      out.add(emit.linear(flat, matrix, Optional.empty()));
    }
    return call.result(emit.reshape(emit.concatenate(out, 0), result(image.shape(), grid.shape())));
  }

  /** Adds the share of every element that a place takes, by its share along each axis. */
  private static void write(
      float[] weights,
      int first,
      List<GridAxis> axes,
      TensorData grid,
      long at,
      int axis,
      int element,
      double share) {
    if (axis == axes.size()) {
      weights[first + element] += (float) share;
      return;
    }
    // The grid names the last axis first.
    double number = grid.getDouble(at + axes.size() - 1 - axis);
    for (GridAxis.Tap tap : axes.get(axis).taps(number)) {
      int next = element * axes.get(axis).length() + tap.element();
      write(weights, first, axes, grid, at, axis + 1, next, share * tap.weight());
    }
  }

  private static int places(Shape grid) {
    return grid.extents().subList(1, grid.rank() - 1).stream().reduce(1, Math::multiplyExact);
  }

  private static Shape result(Shape image, Shape grid) {
    List<Integer> extents = new ArrayList<>(image.extents().subList(0, 2));
    extents.addAll(grid.extents().subList(1, grid.rank() - 1));
    return new Shape(extents);
  }

  private static TorchValue byComputed(OperatorCall call, List<GridAxis> axes) {
    TensorEmitter emit = call.emit();
    Value image = call.value(0);
    Value grid = call.value(1);
    int samples = image.shape().extent(0);
    int channels = image.shape().extent(1);
    int places = places(grid.shape());
    int rest = axes.stream().mapToInt(GridAxis::length).reduce(channels, Math::multiplyExact);
    // [N, P, W] times [N, C D H, W]; then [N P, 1, H] times [N P, C D, H], and so on.
    Value left = image;
    for (int k = 0; k < axes.size(); k++) {
      GridAxis axis = axes.get(axes.size() - 1 - k);
      rest /= axis.length();
      Value numbers = emit.slice(grid, grid.shape().rank() - 1, k, k + 1, 1);
      Value shares = axis.shares(emit, emit.reshape(numbers, Shape.of(samples, places, 1)));
      if (k == 0) {
        left = emit.matMul(shares, emit.reshape(image, Shape.of(samples, rest, axis.length())));
      } else {
        Value each = emit.reshape(left, Shape.of(samples * places, rest, axis.length()));
        left =
            emit.matMul(emit.reshape(shares, Shape.of(samples * places, 1, axis.length())), each);
      }
    }
    Value sampled = emit.reshape(left, Shape.of(samples, places, channels));
    Value moved = emit.transpose(sampled, List.of(0, 2, 1));
    return call.result(emit.reshape(moved, result(image.shape(), grid.shape())));
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
