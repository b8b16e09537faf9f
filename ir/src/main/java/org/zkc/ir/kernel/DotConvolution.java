package org.zkc.ir.kernel;

/**
 * A convolution of integers with few output positions, as one dot product for each output and
 * position. Panels of {@link BlockedConvolution} would hold mostly unused columns: with 4 positions
 * 124 of 128 where the loops are plain (VGG-16/32 in a process of its own executes in 0.2 s instead
 * of 0.45 s). The weights of an output are read in place, once: copying all of them would pass
 * through memory three times more.
 */
final class DotConvolution {
  /** Output positions up to which panels lose. */
  static final int MOST_POSITIONS = 16;

  private final ConvolutionGeometry geometry;
  private final SourcePlanes planes;
  private final int[] offsets;
  private final int depth;
  private final int positions;

  DotConvolution(ConvolutionGeometry geometry) {
    this.geometry = geometry;
    planes = new SourcePlanes(geometry);
    offsets = planes.tapOffsets();
    depth = geometry.depth();
    positions = geometry.positions();
  }

  /** Takes and returns what {@link BlockedConvolution#run} does. */
  int[] run(int[] input, IntLinear.Weights weights, MatrixLoops<int[]> loops, TaskRunner tasks) {
    int[] out = new int[geometry.resultSize()];
    for (int image = 0; image < geometry.batch(); image++) {
      int[] source = planes.fill(input, image, loops);
      int resultBase = image * geometry.outputs() * positions;
      for (int group = 0; group < geometry.groups(); group++) {
        int[] columns = columns(source, planes.base(image) + planes.groupOffset(group));
        int first = group * geometry.groupOutputs();
        int pieces = IntLinear.pieces(geometry.groupOutputs(), (long) depth * positions, tasks);
        tasks.forEach(
            pieces,
            piece -> {
              int from = (int) ((long) geometry.groupOutputs() * piece / pieces);
              int end = (int) ((long) geometry.groupOutputs() * (piece + 1) / pieces);
              int[] row = new int[depth];
              for (int o = first + from; o < first + end; o++) {
                weights.read(o, row);
                for (int p = 0; p < positions; p++) {
                  out[resultBase + o * positions + p] = dot(row, columns, p * depth);
                }
              }
            });
      }
    }
    return out;
  }

  /** The inputs under the kernel at each position, position after position. */
  private int[] columns(int[] source, int base) {
    int[] out = new int[positions * depth];
    for (int p = 0; p < positions; p++) {
      int at = base + p / geometry.outWidth() * planes.rowStride() + p % geometry.outWidth();
      for (int k = 0; k < depth; k++) {
        out[p * depth + k] = source[at + offsets[k]];
      }
    }
    return out;
  }

  private static int dot(int[] a, int[] b, int at) {
    int sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[at + k];
    }
    return sum;
  }
}
