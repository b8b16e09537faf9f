package org.zkc.ir.kernel;

/**
 * A convolution of integers with few output positions, as one dot product for each output and
 * position. Panels of {@link BlockedConvolution} would hold mostly columns that nobody wants: with
 * 4 positions 124 of 128 where the loops are plain (VGG-16/32 in a process of its own executes in
 * 0.2 s instead of 0.45 s).
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
  int[] run(int[] input, int[] weight, MatrixLoops<int[]> loops, TaskRunner tasks) {
    int[] out = new int[geometry.resultSize()];
    for (int image = 0; image < geometry.batch(); image++) {
      int[] source = planes.fill(input, image, loops);
      int resultBase = image * geometry.outputs() * positions;
      for (int group = 0; group < geometry.groups(); group++) {
        int[] columns = columns(source, planes.base(image) + planes.groupOffset(group));
        int first = group * geometry.groupOutputs();
        int workers = Math.min(tasks.threads(), geometry.groupOutputs());
        tasks.forEach(
            workers,
            worker -> {
              int from = (int) ((long) geometry.groupOutputs() * worker / workers);
              int end = (int) ((long) geometry.groupOutputs() * (worker + 1) / workers);
              for (int o = first + from; o < first + end; o++) {
                for (int p = 0; p < positions; p++) {
                  out[resultBase + o * positions + p] =
                      dot(weight, o * depth, columns, p * depth, depth);
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

  private static int dot(int[] a, int aAt, int[] b, int bAt, int count) {
    int sum = 0;
    for (int k = 0; k < count; k++) {
      sum += a[aAt + k] * b[bAt + k];
    }
    return sum;
  }
}
