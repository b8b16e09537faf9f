package org.zkc.ir.interpret;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Shape;
import org.zkc.ir.tensor.Conv;

/**
 * Convolution as a matrix product: weights [O, C k] times a matrix that holds, in column p, the
 * inputs under the kernel at output position p ("im2col"), made one panel at a time. One spatial
 * axis is taken as two, the first of extent 1.
 */
final class FloatConvolution {
  /**
   * With fewer output positions than this the inner loops of the product, which run along
   * positions, are too short; they then run along the output channels instead. Both orders add the
   * same terms in the same order.
   */
  private static final int FEW_POSITIONS = 32;

  private final int channels;
  private final int height;
  private final int width;
  private final int outputs;
  private final int outHeight;
  private final int outWidth;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int strideY;
  private final int strideX;
  private final int padY;
  private final int padX;
  private final int dilationY;
  private final int dilationX;
  private final int groups;
  private final int batch;

  FloatConvolution(Conv op) {
    Shape in = op.input().shape();
    Shape out = op.result().shape();
    Shape weight = op.weight().shape();
    boolean planar = op.strides().size() == 2;
    int last = op.strides().size() - 1;
    batch = in.extent(0);
    channels = in.extent(1);
    outputs = out.extent(1);
    groups = op.groups();
    height = planar ? in.extent(2) : 1;
    width = in.extent(last + 2);
    outHeight = planar ? out.extent(2) : 1;
    outWidth = out.extent(last + 2);
    kernelHeight = planar ? weight.extent(2) : 1;
    kernelWidth = weight.extent(last + 2);
    strideY = planar ? op.strides().get(0) : 1;
    strideX = op.strides().get(last);
    padY = planar ? op.paddingLow().get(0) : 0;
    padX = op.paddingLow().get(last);
    dilationY = planar ? op.dilations().get(0) : 1;
    dilationX = op.dilations().get(last);
  }

  /** Evaluates over the whole batch; {@code bias} is null for none. */
  float[] apply(
      float[] input, float[] weight, float @Nullable [] bias, FloatMatrixProduct product) {
    int groupInputs = channels / groups;
    int groupOutputs = outputs / groups;
    int depth = groupInputs * kernelHeight * kernelWidth;
    int positions = outHeight * outWidth;
    float[] out = new float[Math.multiplyExact(batch * outputs, positions)];
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < groups; g++) {
        int base = (n * channels + g * groupInputs) * height * width;
        int weights = g * groupOutputs * depth;
        int result = (n * outputs + g * groupOutputs) * positions;
        FloatMatrixProduct.Panels inputs =
            (panel, k0, rows, p0, columns) -> fill(input, base, panel, k0, rows, p0, columns);
        if (positions < FEW_POSITIONS && positions < groupOutputs) {
          float[] unfolded = unfold(inputs, positions, depth);
          FloatMatrixProduct.Panels columns = FloatMatrixProduct.transposed(weight, weights, depth);
          float[] turned = new float[positions * groupOutputs];
          product.multiply(unfolded, 0, positions, depth, columns, groupOutputs, turned, 0);
          for (int p = 0; p < positions; p++) {
            for (int o = 0; o < groupOutputs; o++) {
              out[result + o * positions + p] = turned[p * groupOutputs + o];
            }
          }
        } else {
          product.multiply(weight, weights, groupOutputs, depth, inputs, positions, out, result);
        }
      }
      if (bias != null) {
        for (int o = 0; o < outputs; o++) {
          int at = (n * outputs + o) * positions;
          for (int p = 0; p < positions; p++) {
            out[at + p] += bias[o];
          }
        }
      }
    }
    return out;
  }

  /** The inputs under the kernel at each position, one row per position. */
  private static float[] unfold(FloatMatrixProduct.Panels inputs, int positions, int depth) {
    float[][] panel = new float[depth][positions];
    inputs.fill(panel, 0, depth, 0, positions);
    float[] out = new float[positions * depth];
    for (int p = 0; p < positions; p++) {
      for (int k = 0; k < depth; k++) {
        out[p * depth + k] = panel[k][p];
      }
    }
    return out;
  }

  private void fill(
      float[] input, int base, float[][] panel, int k0, int rows, int p0, int columns) {
    for (int k = 0; k < rows; k++) {
      int tap = k0 + k;
      int kx = tap % kernelWidth;
      int ky = tap / kernelWidth % kernelHeight;
      int plane = base + tap / (kernelWidth * kernelHeight) * height * width;
      float[] row = panel[k];
      int done = 0;
      while (done < columns) {
        int p = p0 + done;
        int oy = p / outWidth;
        int ox = p % outWidth;
        int run = Math.min(columns - done, outWidth - ox);
        int y = oy * strideY - padY + ky * dilationY;
        if (y < 0 || y >= height) {
          Arrays.fill(row, done, done + run, 0f);
        } else {
          fillRun(input, plane + y * width, ox * strideX - padX + kx * dilationX, row, done, run);
        }
        done += run;
      }
    }
  }

  /** {@code row[at + j] = input[line + x + j strideX]} for j < run, zero outside the line. */
  private void fillRun(float[] input, int line, int x, float[] row, int at, int run) {
    int from = x >= 0 ? 0 : Math.min(run, (-x + strideX - 1) / strideX);
    int to = x >= width ? from : Math.max(from, Math.min(run, (width - x + strideX - 1) / strideX));
    Arrays.fill(row, at, at + from, 0f);
    if (strideX == 1 && from < to) { // an empty run may start outside the array
      System.arraycopy(input, line + x + from, row, at + from, to - from);
    } else {
      for (int j = from; j < to; j++) {
        row[at + j] = input[line + x + j * strideX];
      }
    }
    Arrays.fill(row, at + to, at + run, 0f);
  }
}
