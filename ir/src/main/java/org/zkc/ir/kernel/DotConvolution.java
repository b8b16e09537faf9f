package org.zkc.ir.kernel;

import java.util.Optional;

/**
 * A convolution of integers with few output positions, as one dot product for each output and
 * position. Panels of {@link BlockedConvolution} would hold mostly unused columns: with 4 positions
 * 124 of 128 where the loops are plain (VGG-16/32 in a process of its own executes in 0.2 s instead
 * of 0.45 s). The weights of an output are read in place, once for many images: copying all of them
 * would pass through memory three times more. Where the positions of all images are many, the
 * products are those of {@link IntTiles}.
 */
final class DotConvolution {
  /** Output positions of an image up to which panels lose. */
  static final int MOST_POSITIONS = 16;

  /** Positions that are taken together. */
  private static final int MOST_LINES = 1024;

  private final ConvolutionGeometry geometry;
  private final SourcePlanes planes;
  private final int[] offsets;
  private final int depth;
  private final int positions;
  private final int outputs;

  DotConvolution(ConvolutionGeometry geometry) {
    this.geometry = geometry;
    planes = new SourcePlanes(geometry);
    offsets = planes.tapOffsets();
    depth = geometry.depth();
    positions = geometry.positions();
    outputs = geometry.groupOutputs();
  }

  /** Takes and returns what {@link BlockedConvolution#run} does. */
  int[] run(int[] input, IntLinear.Weights weights, MatrixLoops<int[]> loops, TaskRunner tasks) {
    int[] out = new int[geometry.resultSize()];
    int together = Math.clamp(MOST_LINES / Math.max(1, positions), 1, geometry.batch());
    int[] lines = new int[Math.multiplyExact(together * positions, depth)];
    for (int image = 0; image < geometry.batch(); image += together) {
      int images = Math.min(together, geometry.batch() - image);
      int[][] sources = new int[images][];
      for (int i = 0; i < images; i++) {
        sources[i] = planes.fill(input, image + i, loops);
      }
      for (int group = 0; group < geometry.groups(); group++) {
        for (int i = 0; i < images; i++) {
          int base = planes.base(image + i) + planes.groupOffset(group);
          lines(sources[i], base, lines, i * positions);
        }
        products(lines, images, group, image, weights, loops, out, tasks);
      }
    }
    return out;
  }

  /** Sets {@code lines[at ...]} to the inputs under the kernel, position after position. */
  private void lines(int[] source, int base, int[] lines, int at) {
    for (int p = 0; p < positions; p++) {
      int from = base + p / geometry.outWidth() * planes.rowStride() + p % geometry.outWidth();
      for (int k = 0; k < depth; k++) {
        lines[(at + p) * depth + k] = source[from + offsets[k]];
      }
    }
  }

  private void products(
      int[] lines,
      int images,
      int group,
      int image,
      IntLinear.Weights weights,
      MatrixLoops<int[]> loops,
      int[] out,
      TaskRunner tasks) {
    int first = group * outputs;
    int count = images * positions;
    int to = (image * geometry.outputs() + first) * positions;
    Optional<IntTiles> tiles = IntTiles.of(loops, 1, count, depth, outputs);
    if (tiles.isPresent()) {
      int[] products = new int[count * outputs];
      IntTiles.Right right = (matrix, row, row0) -> weights.read(first + row, row0);
      tiles.get().run(lines, 1, right, products, tasks);
      for (int line = 0; line < count; line++) {
        int at = to + line / positions * geometry.outputs() * positions + line % positions;
        for (int o = 0; o < outputs; o++) {
          out[at + o * positions] = products[line * outputs + o];
        }
      }
      return;
    }
    int pieces = IntLinear.pieces(outputs, (long) depth * count, tasks);
    tasks.forEach(
        pieces,
        piece -> {
          int end = (int) ((long) outputs * (piece + 1) / pieces);
          int[] row = new int[depth];
          for (int o = (int) ((long) outputs * piece / pieces); o < end; o++) {
            weights.read(first + o, row);
            for (int line = 0; line < count; line++) {
              int at = to + line / positions * geometry.outputs() * positions + line % positions;
              out[at + o * positions] = dot(row, lines, line * depth);
            }
          }
        });
  }

  private static int dot(int[] a, int[] b, int at) {
    int sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[at + k];
    }
    return sum;
  }
}
