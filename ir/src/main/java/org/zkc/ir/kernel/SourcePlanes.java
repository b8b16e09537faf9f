package org.zkc.ir.kernel;

import java.util.stream.IntStream;

/**
 * One image of a convolution's input, laid out so that every tap of the kernel reads each row of
 * outputs at unit stride and never outside. The image is zero-padded. For stride s it is split into
 * planes ("phases") of rows and columns that are congruent modulo s; only planes that some tap
 * reads exist.
 *
 * <pre>
 * plane(c, a, b)[y][x] = input[c][y strideY + a - padY][x strideX + b - padX], 0 outside
 * tap (c, dy, dx) at output (y, x) = plane(c, dy dilationY mod strideY, dx dilationX mod strideX)
 * [y + dy dilationY / strideY][x + dx dilationX / strideX]
 * </pre>
 *
 * Where the planes equal the input (stride 1, no padding, every row and column read), nothing is
 * copied.
 */
final class SourcePlanes {
  private final ConvolutionGeometry geometry;
  private final int[] phasesY;
  private final int[] phasesX;
  private final int rows;
  private final int columns;
  private final boolean identity;

  SourcePlanes(ConvolutionGeometry geometry) {
    this.geometry = geometry;
    phasesY = phases(geometry.kernelHeight(), geometry.dilationY(), geometry.strideY());
    phasesX = phases(geometry.kernelWidth(), geometry.dilationX(), geometry.strideX());
    rows =
        geometry.outHeight()
            + (geometry.kernelHeight() - 1) * geometry.dilationY() / geometry.strideY();
    columns =
        geometry.outWidth()
            + (geometry.kernelWidth() - 1) * geometry.dilationX() / geometry.strideX();
    identity =
        geometry.strideY() == 1
            && geometry.strideX() == 1
            && geometry.padY() == 0
            && geometry.padX() == 0
            && rows == geometry.height()
            && columns == geometry.width();
  }

  /** The residues modulo the stride that the taps have, ascending. */
  private static int[] phases(int taps, int dilation, int stride) {
    boolean[] met = new boolean[stride];
    for (int t = 0; t < taps; t++) {
      met[t * dilation % stride] = true;
    }
    return IntStream.range(0, stride).filter(p -> met[p]).toArray();
  }

  private static int indexOf(int[] phases, int phase) {
    int i = 0;
    while (phases[i] != phase) {
      i++;
    }
    return i;
  }

  /** Elements from one row of a plane to the next. */
  int rowStride() {
    return columns;
  }

  private int channelSize() {
    return phasesY.length * phasesX.length * rows * columns;
  }

  /** The offset of the planes of {@code image} in the array that {@link #fill} returns. */
  int base(int image) {
    return identity ? image * geometry.channels() * channelSize() : 0;
  }

  /** The offset of a group's planes, which follow those of the groups before it. */
  int groupOffset(int group) {
    return group * geometry.groupInputs() * channelSize();
  }

  /**
   * The index that each tap (channel of the group, dy, dx), row-major, reads at output position (0,
   * 0).
   */
  int[] tapOffsets() {
    int[] out = new int[geometry.depth()];
    int k = 0;
    for (int c = 0; c < geometry.groupInputs(); c++) {
      for (int dy = 0; dy < geometry.kernelHeight(); dy++) {
        int y = dy * geometry.dilationY();
        int phaseY = indexOf(phasesY, y % geometry.strideY());
        for (int dx = 0; dx < geometry.kernelWidth(); dx++) {
          int x = dx * geometry.dilationX();
          int phaseX = indexOf(phasesX, x % geometry.strideX());
          int plane = (c * phasesY.length + phaseY) * phasesX.length + phaseX;
          out[k++] = (plane * rows + y / geometry.strideY()) * columns + x / geometry.strideX();
        }
      }
    }
    return out;
  }

  /** The planes of one image, from the whole batch. */
  <A> A fill(A input, int image, MatrixLoops<A> loops) {
    if (identity) {
      return input;
    }
    A out = loops.newArray(Math.multiplyExact(geometry.channels(), channelSize()));
    int to = 0;
    for (int c = 0; c < geometry.channels(); c++) {
      int from = (image * geometry.channels() + c) * geometry.height() * geometry.width();
      for (int phaseY : phasesY) {
        for (int phaseX : phasesX) {
          fillPlane(
              input, from, phaseY - geometry.padY(), phaseX - geometry.padX(), out, to, loops);
          to += rows * columns;
        }
      }
    }
    return out;
  }

  /** {@code shiftY} and {@code shiftX}: the input row and column that come first in the plane. */
  private <A> void fillPlane(
      A input, int from, int shiftY, int shiftX, A out, int to, MatrixLoops<A> loops) {
    int stride = geometry.strideX();
    int first = Math.min(columns, shiftX >= 0 ? 0 : (-shiftX + stride - 1) / stride);
    int end = Math.max(first, Math.min(columns, (geometry.width() - shiftX + stride - 1) / stride));
    for (int y = 0; y < rows; y++) {
      int row = y * geometry.strideY() + shiftY;
      if (row >= 0 && row < geometry.height() && end > first) {
        loops.copy(
            input,
            from + row * geometry.width() + first * stride + shiftX,
            stride,
            out,
            to + y * columns + first,
            end - first);
      }
    }
  }
}
