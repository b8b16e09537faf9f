package org.zkc.passes.generation;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.WindowMean;

/** Lines, windows and convolutions on the numbers of {@link TokenDependence}. */
final class DependenceWindows {
  private DependenceWindows() {}

  /** Takes the elements first, first + step, ... of a line along an axis. */
  @FunctionalInterface
  interface Line {
    void accept(int first, int step, int count);
  }

  static void forEachLine(Shape shape, int axis, Line line) {
    int extent = shape.extent(axis);
    int inner = Math.toIntExact(shape.strides()[axis]);
    int count = Math.toIntExact(shape.elementCount());
    for (int start = 0; extent > 0 && start < count; start += extent * inner) {
      for (int i = start; i < start + inner; i++) {
        line.accept(i, inner, extent);
      }
    }
  }

  /**
   * Functions of all elements of a line.
   *
   * @param results elements of the result along the axis; -1 for as many as there are
   */
  static int[] lines(int[] numbers, Shape shape, int axis, int results) {
    int extent = shape.extent(axis);
    int kept = results < 0 ? extent : results;
    int[] out = new int[Math.toIntExact(shape.with(axis, kept).elementCount())];
    forEachLine(
        shape,
        axis,
        (first, step, count) -> {
          int all = TokenDependence.FIXED;
          for (int s = 0; s < count; s++) {
            all = TokenDependence.join(all, numbers[first + s * step]);
          }
          int to = first / (extent * step) * kept * step + first % step;
          for (int s = 0; s < kept; s++) {
            out[to + s * step] = all;
          }
        });
    return out;
  }

  static int[] mean(WindowMean op, int[] input) {
    int[] starts = op.starts().stream().mapToInt(s -> s).toArray();
    int[] lengths = op.lengths().stream().mapToInt(s -> s).toArray();
    return windows(input, op.input().shape(), op.axis(), starts, lengths, 1);
  }

  /** Rectangular windows, so one axis after the other. */
  static int[] maxPool(MaxPool op, int[] input) {
    int[] current = input;
    Shape shape = op.input().shape();
    int first = shape.rank() - op.kernel().size();
    for (int k = 0; k < op.kernel().size(); k++) {
      int axis = first + k;
      int positions = op.result().shape().extent(axis);
      int stride = op.strides().get(k);
      int low = op.paddingLow().get(k);
      int[] starts = new int[positions];
      int[] lengths = new int[positions];
      Arrays.setAll(starts, p -> p * stride - low);
      Arrays.fill(lengths, op.kernel().get(k));
      current = windows(current, shape, axis, starts, lengths, op.dilations().get(k));
      shape = shape.with(axis, positions);
    }
    return current;
  }

  /** Functions of the elements starts[j] + i dilation, i below lengths[j], that there are. */
  private static int[] windows(
      int[] input, Shape shape, int axis, int[] starts, int[] lengths, int dilation) {
    Shape result = shape.with(axis, starts.length);
    int extent = shape.extent(axis);
    int[] out = new int[Math.toIntExact(result.elementCount())];
    forEachLine(
        result,
        axis,
        (first, step, count) -> {
          int from = first / (count * step) * extent * step + first % step;
          for (int j = 0; j < count; j++) {
            int all = TokenDependence.FIXED;
            for (int i = 0; i < lengths[j]; i++) {
              int x = starts[j] + i * dilation;
              all = x < 0 || x >= extent ? all : TokenDependence.join(all, input[from + x * step]);
            }
            out[first + j * step] = all;
          }
        });
    return out;
  }

  /**
   * A convolution. Taps that are 0 in all channels are left out, so that a masked kernel sees what
   * its mask leaves.
   *
   * @param others the number that weights and bias add to each element
   */
  static int[] conv(Conv op, int[] input, Optional<TensorData> weights, int others) {
    Shape in = op.input().shape();
    Shape kernel = op.weight().shape();
    Shape result = op.result().shape();
    int axes = op.strides().size();
    int taps = spatial(kernel);
    int positions = spatial(result);
    int size = spatial(in);
    boolean[] isRead = read(weights, kernel, taps);
    int groupInputs = kernel.extent(1);
    int groupOutputs = kernel.extent(0) / op.groups();
    int[] out = new int[Math.toIntExact(result.elementCount())];
    for (int position = 0; position < positions; position++) {
      for (int n = 0; n < in.extent(0); n++) {
        for (int g = 0; g < op.groups(); g++) {
          int all = others;
          for (int tap = 0; tap < taps; tap++) {
            int at = isRead[tap] ? source(op, position, tap, axes) : -1;
            for (int c = 0; at >= 0 && c < groupInputs; c++) {
              int channel = n * in.extent(1) + g * groupInputs + c;
              all = TokenDependence.join(all, input[channel * size + at]);
            }
          }
          for (int o = 0; o < groupOutputs; o++) {
            int channel = n * kernel.extent(0) + g * groupOutputs + o;
            out[channel * positions + position] = all;
          }
        }
      }
    }
    return out;
  }

  private static int spatial(Shape shape) {
    int out = 1;
    for (int axis = 2; axis < shape.rank(); axis++) {
      out *= shape.extent(axis);
    }
    return out;
  }

  private static boolean[] read(Optional<TensorData> weights, Shape kernel, int taps) {
    boolean[] out = new boolean[taps];
    if (weights.isEmpty()) {
      Arrays.fill(out, true);
      return out;
    }
    for (long i = 0; i < kernel.elementCount(); i++) {
      out[(int) (i % taps)] |= weights.get().getDouble(i) != 0;
    }
    return out;
  }

  /** The place among the spatial elements that a tap reads at a position; -1 for padding. */
  private static int source(Conv op, int position, int tap, int axes) {
    int at = 0;
    int step = 1;
    int p = position;
    int t = tap;
    for (int k = axes - 1; k >= 0; k--) {
      int positions = op.result().shape().extent(2 + k);
      int taps = op.weight().shape().extent(2 + k);
      int extent = op.input().shape().extent(2 + k);
      int x =
          p % positions * op.strides().get(k)
              + t % taps * op.dilations().get(k)
              - op.paddingLow().get(k);
      if (x < 0 || x >= extent) {
        return -1;
      }
      at += x * step;
      step *= extent;
      p /= positions;
      t /= taps;
    }
    return at;
  }
}
