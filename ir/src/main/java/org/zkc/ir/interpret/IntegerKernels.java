package org.zkc.ir.interpret;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Shape;

/**
 * Exact tensor functions on row-major {@code long} arrays, shared by the interpreters of the
 * integer and circuit levels. Plain loops; sums and products that leave 64 bits throw {@link
 * ArithmeticException}.
 */
final class IntegerKernels {
  private IntegerKernels() {}

  static long[] windowSum(
      long[] x,
      Shape shape,
      int axis,
      List<Integer> starts,
      List<Integer> lengths,
      List<Integer> factors) {
    int inner = (int) product(shape, axis + 1, shape.rank());
    int outer = (int) product(shape, 0, axis);
    int extent = shape.extent(axis);
    int positions = starts.size();
    long[] out = new long[outer * positions * inner];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < positions; j++) {
        for (int i = 0; i < inner; i++) {
          long sum = 0;
          for (int t = starts.get(j); t < starts.get(j) + lengths.get(j); t++) {
            sum = Math.addExact(sum, x[(o * extent + t) * inner + i]);
          }
          out[(o * positions + j) * inner + i] = Math.multiplyExact(sum, (long) factors.get(j));
        }
      }
    }
    return out;
  }

  static long[] windowMax(
      long[] x,
      Shape shape,
      Shape result,
      int axis,
      int size,
      int stride,
      int dilation,
      int paddingLow) {
    int inner = (int) product(shape, axis + 1, shape.rank());
    int outer = (int) product(shape, 0, axis);
    int extent = shape.extent(axis);
    int positions = result.extent(axis);
    long[] out = new long[outer * positions * inner];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < positions; j++) {
        for (int i = 0; i < inner; i++) {
          long max = Long.MIN_VALUE;
          for (int t = 0; t < size; t++) {
            int at = j * stride + t * dilation - paddingLow;
            if (at >= 0 && at < extent) {
              max = Math.max(max, x[(o * extent + at) * inner + i]);
            }
          }
          out[(o * positions + j) * inner + i] = max;
        }
      }
    }
    return out;
  }

  /** The table's entry for (m - x) >> shift, m the greatest element along the axis. */
  static long[] exponentials(long[] x, Shape shape, int axis, int shift, long[] entries) {
    int inner = (int) product(shape, axis + 1, shape.rank());
    int extent = shape.extent(axis);
    long[] out = new long[x.length];
    for (int k = 0; k < out.length; k++) {
      int first = k / (extent * inner) * extent * inner + k % inner;
      long max = Long.MIN_VALUE;
      for (int j = 0; j < extent; j++) {
        max = Math.max(max, x[first + j * inner]);
      }
      out[k] = entries[(int) Math.min(max - x[k] >> shift, entries.length - 1)];
    }
    return out;
  }

  static long[] unfold(
      long[] x,
      Shape shape,
      int axis,
      int positions,
      int taps,
      int stride,
      int dilation,
      int paddingLow) {
    int inner = (int) product(shape, axis + 1, shape.rank());
    int outer = (int) product(shape, 0, axis);
    int extent = shape.extent(axis);
    long[] out = new long[outer * positions * taps * inner];
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < positions; p++) {
        for (int t = 0; t < taps; t++) {
          int at = p * stride + t * dilation - paddingLow;
          if (at >= 0 && at < extent) {
            System.arraycopy(
                x, (o * extent + at) * inner, out, ((o * positions + p) * taps + t) * inner, inner);
          }
        }
      }
    }
    return out;
  }

  /** Geometry as the Conv ops, over one or two spatial axes; bias may be null. */
  static long[] conv(
      long[] x,
      Shape shape,
      long[] weight,
      Shape kernel,
      long @Nullable [] bias,
      Shape result,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> dilations,
      int groups) {
    boolean plane = strides.size() == 2;
    int channels = kernel.extent(1);
    int height = plane ? shape.extent(2) : 1;
    int width = shape.extent(shape.rank() - 1);
    int kernelHeight = plane ? kernel.extent(2) : 1;
    int kernelWidth = kernel.extent(kernel.rank() - 1);
    int outHeight = plane ? result.extent(2) : 1;
    int outWidth = result.extent(result.rank() - 1);
    int strideY = plane ? strides.get(0) : 1;
    int lowY = plane ? paddingLow.get(0) : 0;
    int dilationY = plane ? dilations.get(0) : 1;
    int strideX = strides.getLast();
    int lowX = paddingLow.getLast();
    int dilationX = dilations.getLast();
    int outputs = kernel.extent(0);
    int size = outHeight * outWidth;
    long[] out = new long[Math.toIntExact(result.elementCount())];
    for (int n = 0; n < shape.extent(0); n++) {
      for (int o = 0; o < outputs; o++) {
        int to = (n * outputs + o) * size;
        if (bias != null) {
          Arrays.fill(out, to, to + size, bias[o]);
        }
        int firstChannel = o / (outputs / groups) * channels;
        for (int c = 0; c < channels; c++) {
          int from = (n * shape.extent(1) + firstChannel + c) * height * width;
          for (int dy = 0; dy < kernelHeight; dy++) {
            for (int dx = 0; dx < kernelWidth; dx++) {
              long w = weight[((o * channels + c) * kernelHeight + dy) * kernelWidth + dx];
              int shiftX = dx * dilationX - lowX;
              int beginX = Math.min(outWidth, shiftX >= 0 ? 0 : (-shiftX + strideX - 1) / strideX);
              int endX =
                  shiftX >= width ? 0 : Math.min(outWidth, (width - 1 - shiftX) / strideX + 1);
              for (int y = 0; y < outHeight; y++) {
                int sourceY = y * strideY + dy * dilationY - lowY;
                if (sourceY < 0 || sourceY >= height) {
                  continue;
                }
                int row = from + sourceY * width + shiftX;
                int toRow = to + y * outWidth;
                for (int i = beginX; i < endX; i++) {
                  out[toRow + i] =
                      Math.addExact(out[toRow + i], Math.multiplyExact(w, x[row + i * strideX]));
                }
              }
            }
          }
        }
      }
    }
    return out;
  }

  /** y[t, o] = sum_i x[t, i] weight[o, i] + bias[o]; bias may be null. */
  static long[] matMul(long[] x, long[] weight, long @Nullable [] bias, int inputs, int outputs) {
    int rows = inputs == 0 ? 0 : x.length / inputs;
    long[] out = new long[rows * outputs];
    for (int t = 0; t < rows; t++) {
      for (int o = 0; o < outputs; o++) {
        long sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < inputs; i++) {
          sum = Math.addExact(sum, Math.multiplyExact(x[t * inputs + i], weight[o * inputs + i]));
        }
        out[t * outputs + o] = sum;
      }
    }
    return out;
  }

  /** y[..., t, o] = sum_i left[..., t, i] right[..., o, i], right with all leading axes or none. */
  static long[] matMul(long[] left, Shape leftShape, long[] right, Shape rightShape) {
    int inputs = rightShape.extent(rightShape.rank() - 1);
    int outputs = rightShape.extent(rightShape.rank() - 2);
    int batch = (int) product(rightShape, 0, rightShape.rank() - 2);
    int rows = batch == 0 ? 0 : (int) (product(leftShape, 0, leftShape.rank() - 1) / batch);
    long[] out = new long[batch * rows * outputs];
    for (int n = 0; n < batch * rows; n++) {
      for (int o = 0; o < outputs; o++) {
        long sum = 0;
        int row = (n / rows * outputs + o) * inputs;
        for (int i = 0; i < inputs; i++) {
          sum = Math.addExact(sum, Math.multiplyExact(left[n * inputs + i], right[row + i]));
        }
        out[n * outputs + o] = sum;
      }
    }
    return out;
  }

  /** (x + half) >> shift with half = 2^(shift-1), or 0 when shift = 0. */
  static long shiftRounded(long x, int shift) {
    return shift == 0 ? x : (x + (1L << (shift - 1))) >> shift;
  }

  /**
   * floor((2^(bits+1) n + d) / (2 d)).
   *
   * @throws ArithmeticException when d is not positive or the quotient is outside [low, high]
   */
  static long roundedQuotient(long n, long d, int bits, long low, long high) {
    if (d <= 0) {
      throw new ArithmeticException("rounded quotient of " + n + " by " + d + " needs d > 0");
    }
    long quotient = Math.floorDiv((n << (bits + 1)) + d, 2 * d);
    if (quotient < low || quotient > high) {
      throw new ArithmeticException(
          "the rounded quotient of %d by %d is %d, outside [%d, %d]"
              .formatted(n, d, quotient, low, high));
    }
    return quotient;
  }

  /** floor(sqrt(constant + sum of squares)) of each line along the last axis. */
  static long[] euclideanNorm(long[] x, Shape shape, long constant) {
    int extent = shape.extent(shape.rank() - 1);
    long[] out = new long[x.length / extent];
    for (int line = 0; line < out.length; line++) {
      long radicand = constant;
      for (int i = 0; i < extent; i++) {
        long element = x[line * extent + i];
        radicand = Math.addExact(radicand, Math.multiplyExact(element, element));
      }
      for (long bit = 1L << 30; bit > 0; bit >>= 1) {
        if ((out[line] + bit) * (out[line] + bit) <= radicand) {
          out[line] += bit;
        }
      }
    }
    return out;
  }

  /**
   * floor((2^(bits+1) + x) / (2 x)).
   *
   * @throws ArithmeticException when x is not positive
   */
  static long reciprocal(long x, int bits) {
    if (x <= 0) {
      throw new ArithmeticException("the reciprocal of " + x + " needs a positive number");
    }
    return Math.floorDiv((2L << bits) + x, 2 * x);
  }

  /** The elements times 2^exponents[i], i the index on the last axis; no exponents are all 0. */
  static long[] shifted(long[] x, List<Integer> exponents) {
    long[] out = x.clone();
    for (int i = 0; i < out.length && !exponents.isEmpty(); i++) {
      out[i] = Math.multiplyExact(out[i], 1L << exponents.get(i % exponents.size()));
    }
    return out;
  }

  /** Each line of x, as many as there are factors, times its factor. */
  static long[] timesPerLine(long[] x, long[] factors) {
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.multiplyExact(x[i], factors[i / (x.length / factors.length)]);
    }
    return out;
  }

  static long product(Shape shape, int from, int to) {
    long n = 1;
    for (int axis = from; axis < to; axis++) {
      n *= shape.extent(axis);
    }
    return n;
  }
}
