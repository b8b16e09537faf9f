package org.zkc.ir.interpret;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Shape;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.TopValues;
import org.zkc.ir.tensor.WindowMean;

/**
 * Ops that reduce along axes: windows, and the normalising functions; sums in double, in index
 * order.
 */
final class FloatReductions {
  /** Elements of a task. */
  private static final int TOGETHER = 1 << 16;

  /** More elements than that are found by sorting, in n log n. */
  private static final int MOST_SELECTED = 8;

  private FloatReductions() {}

  /** Rectangular windows, so one axis after the other; padding takes no part. */
  static float[] maxPool(MaxPool op, float[] input, TaskRunner tasks) {
    float[] current = input;
    Shape shape = op.input().shape();
    int first = shape.rank() - op.kernel().size();
    for (int k = 0; k < op.kernel().size(); k++) {
      int positions = op.result().shape().extent(first + k);
      current =
          windowMax(
              current,
              shape,
              first + k,
              positions,
              op.kernel().get(k),
              op.strides().get(k),
              op.dilations().get(k),
              op.paddingLow().get(k),
              tasks);
      shape = shape.with(first + k, positions);
    }
    return current;
  }

  private static float[] windowMax(
      float[] input,
      Shape shape,
      int axis,
      int positions,
      int size,
      int stride,
      int dilation,
      int padding,
      TaskRunner tasks) {
    int extent = shape.extent(axis);
    int inner = (int) shape.strides()[axis];
    int outer = extent == 0 ? 0 : input.length / (extent * inner);
    float[] out = new float[outer * positions * inner];
    int together = Math.clamp(TOGETHER / Math.max(1, extent * inner), 1, Math.max(1, outer));
    tasks.forEach(
        (outer + together - 1) / together,
        task -> {
          for (int o = task * together; o < Math.min(outer, (task + 1) * together); o++) {
            for (int p = 0; p < positions; p++) {
              int at = (o * positions + p) * inner;
              boolean empty = true;
              for (int t = 0; t < size; t++) {
                int x = p * stride + t * dilation - padding;
                if (x < 0 || x >= extent) {
                  continue;
                }
                int from = (o * extent + x) * inner;
                for (int i = 0; i < inner; i++) {
                  out[at + i] = empty ? input[from + i] : Math.max(out[at + i], input[from + i]);
                }
                empty = false;
              }
            }
          }
        });
    return out;
  }

  static float[] windowMean(WindowMean op, float[] input) {
    Shape shape = op.input().shape();
    int extent = shape.extent(op.axis());
    int inner = (int) shape.strides()[op.axis()];
    int outer = extent == 0 ? 0 : input.length / (extent * inner);
    int windows = op.starts().size();
    float[] out = new float[outer * windows * inner];
    double[] sums = new double[inner];
    for (int o = 0; o < outer; o++) {
      for (int w = 0; w < windows; w++) {
        Arrays.fill(sums, 0);
        for (int x = op.starts().get(w); x < op.starts().get(w) + op.lengths().get(w); x++) {
          int from = (o * extent + x) * inner;
          for (int i = 0; i < inner; i++) {
            sums[i] += input[from + i];
          }
        }
        int at = (o * windows + w) * inner;
        double divisor = op.divisors().get(w);
        for (int i = 0; i < inner; i++) {
          out[at + i] = (float) (sums[i] / divisor);
        }
      }
    }
    return out;
  }

  /**
   * A softmax of what a mask includes; equal shares of a line of which it includes nothing.
   *
   * @param mask 1 for elements that are included, 0 for others; null includes all
   */
  static float[] softmax(Softmax op, float[] input, float @Nullable [] mask) {
    if (mask == null) {
      return normalize(op, input);
    }
    float[] scores = input.clone();
    for (int i = 0; i < scores.length; i++) {
      scores[i] = mask[i] == 0 ? Float.NEGATIVE_INFINITY : scores[i];
    }
    int axis = op.axis();
    int extent = op.input().shape().extent(axis);
    int inner = (int) op.input().shape().strides()[axis];
    for (int start = 0; start < scores.length; start += extent * inner) {
      for (int i = start; i < start + inner; i++) {
        boolean includesNone = true;
        for (int x = 0; x < extent; x++) {
          includesNone &= mask[i + x * inner] == 0;
        }
        for (int x = 0; includesNone && x < extent; x++) {
          scores[i + x * inner] = 0;
        }
      }
    }
    return normalize(op, scores);
  }

  static float[] normalize(Normalization op, float[] input) {
    Shape shape = op.input().shape();
    int extent = shape.extent(op.axis());
    int inner = (int) shape.strides()[op.axis()];
    float[] out = new float[input.length];
    double[] line = new double[extent];
    for (int start = 0; start < input.length; start += extent * inner) {
      for (int i = 0; i < inner; i++) {
        int base = start + i;
        for (int x = 0; x < extent; x++) {
          line[x] = input[base + x * inner];
        }
        op.apply(line);
        for (int x = 0; x < extent; x++) {
          out[base + x * inner] = (float) line[x];
        }
      }
    }
    return out;
  }

  /** The k largest elements along an axis, or their indices; of equal ones the first is greater. */
  static float[] topK(TopK op, float[] input) {
    Shape shape = op.input().shape();
    int extent = shape.extent(op.axis());
    int inner = Math.toIntExact(shape.strides()[op.axis()]);
    float[] out = new float[Math.toIntExact(op.shape().elementCount())];
    float[] line = new float[extent];
    for (int row = 0; row < input.length / extent; row++) {
      int from = row / inner * extent * inner + row % inner;
      int to = row / inner * op.k() * inner + row % inner;
      for (int j = 0; j < extent; j++) {
        line[j] = input[from + j * inner];
      }
      int[] largest = op.k() <= MOST_SELECTED ? selected(line, op.k()) : sorted(line, op.k());
      for (int k = 0; k < op.k(); k++) {
        out[to + k * inner] =
            switch (op) {
              case TopIndices _ -> largest[k];
              case TopValues _ -> line[largest[k]];
            };
      }
    }
    return out;
  }

  /** The indices of the k largest, one after the other. */
  private static int[] selected(float[] line, int k) {
    int[] out = new int[k];
    boolean[] taken = new boolean[line.length];
    for (int i = 0; i < k; i++) {
      int best = -1;
      for (int j = 0; j < line.length; j++) {
        boolean better = best < 0 || line[j] > line[best];
        best = !taken[j] && better ? j : best;
      }
      taken[best] = true;
      out[i] = best;
    }
    return out;
  }

  /** The same, by sorting words of an element's order, the greatest first, and its index. */
  private static int[] sorted(float[] line, int k) {
    long[] words = new long[line.length];
    for (int j = 0; j < words.length; j++) {
      // The sum makes -0 and 0 one number; bits of negative numbers ascend as the numbers descend.
      int bits = Float.floatToIntBits(line[j] + 0f);
      int order = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
      words[j] = ((long) ~order << Integer.SIZE) | j;
    }
    Arrays.sort(words);
    int[] out = new int[k];
    for (int i = 0; i < k; i++) {
      out[i] = (int) words[i];
    }
    return out;
  }
}
