package org.zkc.runtime.execute;

import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.kernel.Workers;

/**
 * One Conv relation, weights prepared. With many output positions the unfolded input is a matrix
 * [taps, positions] and the product is weights times it; with few, it is [positions, taps] times
 * the transposed weights, so that the long axis is always the one that is vectorised.
 */
final class ConvKernel {
  /** From this many positions on, positions are the vectorised axis. */
  private static final int MANY_POSITIONS = 48;

  /** Taps that are unfolded at a time: 64 x 1024 integers stay in the second-level cache. */
  private static final int TAP_BLOCK = 64;

  private static final int POSITION_BLOCK = 1024;

  private final Conv conv;
  private final int batch;
  private final int channels;
  private final int height;
  private final int width;
  private final int outputs;
  private final int outHeight;
  private final int outWidth;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int taps;
  private final boolean manyPositions;

  /** [O, taps]; or for few positions, one after the other for each group, [taps, O / groups]. */
  private final int[] weights;

  /**
   * @param source shape [N, C, H, W]
   * @param weight shape [O, C / groups, kh, kw], with its elements
   * @param result shape [N, O, Ho, Wo]
   */
  ConvKernel(
      Conv conv, List<Integer> source, List<Integer> weight, int[] elements, List<Integer> result) {
    this.conv = conv;
    batch = source.get(0);
    channels = source.get(1);
    height = source.get(2);
    width = source.get(3);
    outputs = weight.get(0);
    kernelHeight = weight.get(2);
    kernelWidth = weight.get(3);
    outHeight = result.get(2);
    outWidth = result.get(3);
    taps = weight.get(1) * kernelHeight * kernelWidth;
    manyPositions = outHeight * outWidth >= MANY_POSITIONS;
    weights = manyPositions ? elements : transposeGroups(elements);
  }

  private int[] transposeGroups(int[] elements) {
    int perGroup = outputs / conv.groups();
    if (conv.groups() == 1) {
      return IntMatrices.transpose(elements, 0, perGroup, taps);
    }
    int[] out = new int[elements.length];
    for (int g = 0; g < conv.groups(); g++) {
      int at = g * perGroup * taps;
      System.arraycopy(
          IntMatrices.transpose(elements, at, perGroup, taps), 0, out, at, perGroup * taps);
    }
    return out;
  }

  /** The result's elements. */
  int[] run(int[] source, Workers workers) {
    int[] result = new int[batch * outputs * outHeight * outWidth];
    int perGroup = outputs / conv.groups();
    int chunk = Math.max(1, (perGroup + workers.threads() - 1) / workers.threads());
    int chunks = (perGroup + chunk - 1) / chunk;
    workers.forEach(
        batch * conv.groups() * chunks,
        task -> {
          int first = task % chunks * chunk;
          int count = Math.min(chunk, perGroup - first);
          int group = task / chunks % conv.groups();
          int image = task / (chunks * conv.groups());
          if (manyPositions) {
            manyPositions(source, result, image, group, first, count);
          } else {
            fewPositions(source, result, image, group, first, count);
          }
        });
    return result;
  }

  private void manyPositions(
      int[] source, int[] result, int image, int group, int first, int count) {
    int positions = outHeight * outWidth;
    int o = group * (outputs / conv.groups()) + first;
    int block = Math.min(positions, POSITION_BLOCK);
    int[] unfolded = new int[Math.min(taps, TAP_BLOCK) * block];
    for (int p0 = 0; p0 < positions; p0 += block) {
      int width = Math.min(block, positions - p0);
      for (int t0 = 0; t0 < taps; t0 += TAP_BLOCK) {
        int depth = Math.min(TAP_BLOCK, taps - t0);
        for (int t = 0; t < depth; t++) {
          unfoldTap(source, image, group, t0 + t, p0, width, unfolded, t * width, 1);
        }
        IntMatrices.multiplyAdd(
            count,
            width,
            depth,
            weights,
            o * taps + t0,
            taps,
            unfolded,
            0,
            width,
            result,
            (image * outputs + o) * positions + p0,
            positions);
      }
    }
  }

  private void fewPositions(
      int[] source, int[] result, int image, int group, int first, int count) {
    int positions = outHeight * outWidth;
    int perGroup = outputs / conv.groups();
    int[] unfolded = new int[positions * taps];
    for (int t = 0; t < taps; t++) {
      unfoldTap(source, image, group, t, 0, positions, unfolded, t, taps);
    }
    int[] product = new int[positions * count];
    IntMatrices.multiplyAdd(
        positions,
        count,
        taps,
        unfolded,
        0,
        taps,
        weights,
        group * perGroup * taps + first,
        perGroup,
        product,
        0,
        count);
    int at = (image * outputs + group * perGroup + first) * positions;
    for (int p = 0; p < positions; p++) {
      for (int o = 0; o < count; o++) {
        result[at + o * positions + p] = product[p * count + o];
      }
    }
  }

  /**
   * What tap {@code tap} of the kernel reads at output positions [p0, p0 + count), 0 outside the
   * source: position p0 + i goes to out[at + i * step].
   */
  private void unfoldTap(
      int[] source, int image, int group, int tap, int p0, int count, int[] out, int at, int step) {
    int dx = tap % kernelWidth;
    int dy = tap / kernelWidth % kernelHeight;
    int channel = group * (channels / conv.groups()) + tap / (kernelWidth * kernelHeight);
    int plane = (image * channels + channel) * height * width;
    int strideX = conv.strides().get(1);
    int strideY = conv.strides().get(0);
    int shiftX = dx * conv.dilations().get(1) - conv.paddingLow().get(1);
    int shiftY = dy * conv.dilations().get(0) - conv.paddingLow().get(0);
    int i = 0;
    while (i < count) {
      int y = (p0 + i) / outWidth;
      int x = (p0 + i) % outWidth;
      int run = Math.min(outWidth - x, count - i);
      int sy = y * strideY + shiftY;
      if (sy < 0 || sy >= height) {
        for (int j = 0; j < run; j++) {
          out[at + (i + j) * step] = 0;
        }
      } else {
        int row = plane + sy * width;
        for (int j = 0; j < run; j++) {
          int sx = (x + j) * strideX + shiftX;
          out[at + (i + j) * step] = sx >= 0 && sx < width ? source[row + sx] : 0;
        }
      }
      i += run;
    }
  }
}
